"""Writes the .onnx files beside this script with Python's onnx package (1.23), and the loss and gradients they have.

The gradients are central differences of the same written in NumPy, in float64.
Run: python make.py (needs: pip install onnx)
"""
import json
import pathlib
from math import erf

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

rng = np.random.default_rng(5)


def arr(*shape):
    return rng.normal(size=shape).astype(np.float32)


def classifier(opset):
    """Embedding rows, a layer norm spelled out, attention over words, erf-gelu, pooling, cross entropy."""
    weights = {
        "table": arr(7, 6), "gamma": arr(6), "beta": arr(6), "wq": arr(6, 6), "w1": arr(6, 8), "b1": arr(8),
        "w2": arr(5, 8), "b2": arr(5), "unused": arr(3),
    }
    axes = lambda name: [name] if opset >= 18 else []
    attr = lambda a: {} if opset >= 18 else {"axes": a}
    n = h.make_node
    nodes = [
        n("Gather", ["table", "ids"], ["x"]),
        n("ReduceMean", ["x", *axes("last")], ["mu"], keepdims=1, **attr([-1])),
        n("Sub", ["x", "mu"], ["c"]),
        n("Pow", ["c", "two"], ["c2"]),
        n("ReduceMean", ["c2", *axes("last")], ["var"], keepdims=1, **attr([-1])),
        n("Add", ["var", "eps"], ["vare"]),
        n("Sqrt", ["vare"], ["sd"]),
        n("Div", ["c", "sd"], ["xh"]),
        n("Mul", ["xh", "gamma"], ["xg"]),
        n("Add", ["xg", "beta"], ["ln"]),
        n("MatMul", ["ln", "wq"], ["q"]),
        n("Transpose", ["ln"], ["kt"], perm=[0, 2, 1]),
        n("MatMul", ["q", "kt"], ["s0"]),
        n("Mul", ["s0", "scale"], ["s1"]),
        n("Softmax", ["s1"], ["p"], axis=-1),
        n("MatMul", ["p", "ln"], ["ctx"]),
        n("MatMul", ["ctx", "w1"], ["h0"]),
        n("Add", ["h0", "b1"], ["h1"]),
        n("Div", ["h1", "sqrt2"], ["h2"]),
        n("Erf", ["h2"], ["h3"]),
        n("Add", ["h3", "one"], ["h4"]),
        n("Mul", ["h1", "h4"], ["h5"]),
        n("Mul", ["h5", "half"], ["h6"]),
        n("Constant", [], ["first"], value=numpy_helper.from_array(np.array([0], np.int64))),
        n("Gather", ["h6", "first"], ["cls3"], axis=1),
        n("Squeeze", ["cls3", "axis1"], ["cls"]),
        n("Gemm", ["cls", "w2", "b2"], ["logits"], transB=1),
        n("LogSoftmax", ["logits"], ["logp"], axis=1),
        n("Unsqueeze", ["labels", "axis1"], ["lab"]),
        n("GatherElements", ["logp", "lab"], ["picked"], axis=1),
        n("ReduceMean", ["picked", *axes("both")], ["m"], keepdims=0, **attr([0, 1])),
        n("Neg", ["m"], ["loss"]),
    ]
    constants = {
        "two": np.float32(2), "eps": np.float32(1e-5), "scale": np.float32(6 ** -0.5), "sqrt2": np.float32(2 ** 0.5),
        "one": np.float32(1), "half": np.float32(0.5), "axis1": np.array([1], np.int64),
        "last": np.array([-1], np.int64), "both": np.array([0, 1], np.int64),
    }
    if opset < 18:
        del constants["last"], constants["both"]
    # typed lists instead of raw bytes for some, as older exporters write
    inits = [h.make_tensor(k, T.FLOAT, v.shape, v.flatten().tolist()) if k.startswith("b")
             else numpy_helper.from_array(v, k) for k, v in weights.items()]
    inits += [h.make_tensor(k, T.INT64, v.shape, v.tolist()) if v.dtype == np.int64
              else numpy_helper.from_array(np.array(v), k) for k, v in constants.items()]
    graph = h.make_graph(
        nodes, "classifier",
        [h.make_tensor_value_info("ids", T.INT64, ["batch", "length"]),
         h.make_tensor_value_info("labels", T.INT64, ["batch"])],
        [h.make_tensor_value_info("loss", T.FLOAT, [])], inits)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model, weights


def forward(w, ids, labels):
    """The same in NumPy and float64: the reference evaluator falls back to float32 in places."""
    x = w["table"][ids]
    c = x - x.mean(-1, keepdims=True)
    ln = c / np.sqrt((c ** 2).mean(-1, keepdims=True) + np.float64(np.float32(1e-5))) * w["gamma"] + w["beta"]
    s = ln @ w["wq"] @ ln.transpose(0, 2, 1) * np.float64(np.float32(6 ** -0.5))
    p = np.exp(s - s.max(-1, keepdims=True))
    hidden = (p / p.sum(-1, keepdims=True)) @ ln @ w["w1"] + w["b1"]
    first = (0.5 * hidden * (1 + np.vectorize(erf)(hidden / 2 ** 0.5)))[:, 0]
    z = first @ w["w2"].T + w["b2"]
    return float(np.mean(np.log(np.exp(z).sum(-1)) - z[np.arange(len(labels)), labels]))


feeds = {"ids": np.array([[1, 2, 2, 6], [0, 5, 2, 1], [3, 3, 3, 3]], np.int64), "labels": np.array([4, 0, 2], np.int64)}
expected = {"feeds": {k: v.tolist() for k, v in feeds.items()}}
for opset in (13, 17, 20):
    model, weights = classifier(opset)
    name = f"classifier-opset{opset}.onnx"
    if opset == 20:
        pathlib.Path("classifier-opset20.weights").unlink(missing_ok=True)
        onnx.save(model, name, save_as_external_data=True, location="classifier-opset20.weights",
                  size_threshold=64, convert_attribute=False)
    else:
        onnx.save(model, name)
    said = float(ReferenceEvaluator(onnx.load(name)).run(None, feeds)[0])
    named = {k: v.astype(np.float64) for k, v in weights.items()}
    loss = lambda: forward(named, **feeds)
    assert abs(said - loss()) < 1e-6, (said, loss())
    grads = {}
    for k in weights:
        g = np.zeros(named[k].shape)
        for i in np.ndindex(g.shape):
            kept = named[k][i]
            named[k][i] = kept + 1e-5
            up = loss()
            named[k][i] = kept - 1e-5
            down = loss()
            named[k][i] = kept
            g[i] = (up - down) / 2e-5
        grads[k] = [round(x, 9) for x in g.flatten().tolist()]
    expected[name] = {"loss": loss(), "gradients": grads}
json.dump(expected, open("expected.json", "w"))
