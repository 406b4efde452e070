import type { Elements } from './elements.js';

export type Controls = ReturnType<typeof createControls>;

/** Calls the controls of the server, and shows the result. */
export function createControls({ byId }: Elements) {
  const prefix = '/_fakes';

  function say(message: string): void {
    byId('message').textContent = message;
  }

  async function post(path: string, body: object | undefined, done: string): Promise<void> {
    try {
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${prefix}/${path}`, { method: 'POST', ...content });
      if (response.ok) say(done);
      else say(((await response.json()) as { error: string }).error);
    } catch {
      say('The server does not answer. Is it still running?');
    }
  }

  /** Calls `onState` with the text of each state that the server sends. */
  function watch(onState: (state: string) => void): void {
    const events = new EventSource(`${prefix}/events`);
    events.addEventListener('message', ({ data }: MessageEvent<string>) => {
      onState(data);
    });
    let isLost = false;
    events.addEventListener('error', () => {
      isLost = true;
      say('The connection to the server is lost. The page reconnects as soon as the server runs.');
    });
    events.addEventListener('open', () => {
      if (isLost) say('The connection to the server is back.');
      isLost = false;
    });
  }

  return { say, post, watch };
}
