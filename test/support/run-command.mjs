// Runs a command in its own process group, streams or keeps its output, and ends the whole group at a time limit.
import { spawn } from 'node:child_process';

/**
 * Resolves to `{ code, output, timedOut }`; never rejects. `onOutput` gets the text as it comes (default: print it).
 * Processes that the command leaves behind are ended with it.
 */
export function runCommand(command, args, { cwd, env, timeout = 600_000, onOutput, shell = false } = {}) {
  const windows = process.platform === 'win32';
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, detached: !windows, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const collect = (text) => {
      output = (output + text).slice(-1_000_000);
      if (onOutput) onOutput(text);
      else process.stdout.write(text);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
    const end = (signal = 'SIGKILL') => endGroup(child, windows, signal);
    const timer = setTimeout(() => {
      timedOut = true;
      // Time to end what it started itself.
      end('SIGTERM');
      setTimeout(end, 5000).unref();
    }, timeout);
    // A detached group does not see the terminal's Ctrl-C.
    const interrupted = () => {
      end('SIGTERM');
      setTimeout(() => process.exit(130), 1000);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const finish = (code, signal) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ code: code ?? (signal ? `killed by ${signal}` : 1), output, timedOut });
    };
    child.once('error', (error) => {
      collect(`${error.message}\n`);
      finish(1);
    });
    // Others may hold the pipes open after their leader is gone: end its group, and soon stop listening to the rest.
    child.once('exit', () => {
      end();
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 1000).unref();
    });
    child.once('close', finish);
  });
}

function endGroup(child, windows, signal) {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill();
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}
