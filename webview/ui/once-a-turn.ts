/** A function that runs `task` once at the end of this turn of the event loop, however often it is called in it. */
export function onceATurn(task: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      task();
    });
  };
}
