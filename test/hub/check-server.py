"""Checks hub-server.ts with Hugging Face's own client: python test/hub/check-server.py (needs huggingface_hub)."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_DISABLE_XET"] = "1"
from huggingface_hub import HfApi  # noqa: E402
from huggingface_hub.errors import HfHubHTTPError  # noqa: E402

root = Path(__file__).parents[2]
server = subprocess.Popen(
    ["node", "--import", "tsx", "test/hub/hub-server.ts", "hf_right"], cwd=root, stdout=subprocess.PIPE, text=True
)
try:
    url = server.stdout.readline().strip()
    api = HfApi(endpoint=url, token="hf_right")
    assert api.whoami()["name"] == "tester"
    for _ in range(2):
        repo = api.create_repo("python", private=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "README.md").write_text("# hello\n")
        Path(folder, "model.safetensors").write_bytes(os.urandom(1_000_000))
        commit = api.upload_folder(repo_id=repo.repo_id, folder_path=folder, commit_message="From Python")
    print("pushed", commit.oid)
    try:
        HfApi(endpoint=url, token="hf_wrong").whoami()
        sys.exit("A wrong token was taken.")
    except HfHubHTTPError as error:
        assert error.response.status_code == 401
    print("ok")
finally:
    server.kill()
