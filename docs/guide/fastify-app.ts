import {
  ensureFuture,
  type Event,
  isCancelledError,
  shield,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
  waitFor,
  withoutTask,
} from 'asyncio-ts';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';

/** What a request does, as an async function; what it waits for can be cancelled. */
type Work = (request: FastifyRequest) => Promise<unknown>;

/**
 * A route whose requests are tasks of the group. Each has a time limit, and is cancelled when its client goes away.
 * Its errors are handed to fastify, so that one bad request does not end the group.
 */
export function asTask(group: TaskGroup, seconds: number, work: Work): RouteHandlerMethod {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const task = group.createTask(async () => {
      try {
        return { value: await timeout(seconds).use(() => work(request)) };
      } catch (error) {
        if (isCancelledError(error)) throw error;
        return { error };
      }
    });
    reply.raw.once('close', () => task.cancel()); // after an answer, this finds it done

    try {
      const { value, error } = await task;
      if (error === undefined) return value;
      if (!(error instanceof TimeoutError)) throw error;
      return await reply.code(504).send({ error: 'that took too long' });
    } catch (error) {
      if (!isCancelledError(error)) throw error;
      return await reply.code(503).send({ error: 'the server is going down' });
    }
  };
}

export interface Settings {
  /** How long a request may take, in seconds. */
  readonly limit: number;
  /** How long requests in flight are waited for when the server goes down, in seconds. */
  readonly grace: number;
  /** How often the housekeeping runs, in seconds. */
  readonly interval: number;
  /** Set it, and the server goes down. */
  readonly stop: Event;
  readonly routes: (app: FastifyInstance, route: (work: Work) => RouteHandlerMethod) => void;
  readonly housekeeping: () => Promise<void>;
  readonly listening: (app: FastifyInstance) => void;
}

async function goDown(app: FastifyInstance, group: TaskGroup, grace: number): Promise<void> {
  // No new connections from here on; `closed` is done when the last request is answered.
  const closed = ensureFuture(app.close() as PromiseLike<undefined>);
  try {
    await waitFor(shield(closed), grace);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  group.cancel(); // the housekeeping, and whoever is late
  await shield(closed);
}

/** The whole life of the server, as one coroutine: when it returns, nothing of it is left. */
export async function serve(settings: Settings): Promise<void> {
  const { limit, grace, interval, stop, routes, housekeeping, listening } = settings;

  await new TaskGroup().use(async (group) => {
    // Made outside of this task, or fastify's callbacks would count as part of it.
    const app = withoutTask(() => Fastify());
    routes(app, (work) => asTask(group, limit, work));
    await app.listen({ port: 0, host: '127.0.0.1' });

    group.createTask(async () => {
      for (;;) {
        await sleep(interval);
        await housekeeping();
      }
    });
    try {
      listening(app);
      await stop.wait();
    } finally {
      await goDown(app, group, grace);
    }
  });
}
