// How this page speaks with the API: questions and changes with fetch, subscriptions over server-sent events.
import { createClient } from 'graphql-sse';
import type { TypedDocumentString } from './generated/graphql';

const url = new URLSearchParams(location.search).get('api') ?? 'http://127.0.0.1:8000/graphql';

// Retrying is left to follow(): it knows where to go on.
const streams = createClient({ url, retryAttempts: 0 });

interface Answer<TResult> {
  data?: TResult | null;
  errors?: readonly { message: string }[];
}

/** Asks once. Whatever is wrong is thrown as a sentence. */
export async function ask<TResult, TVariables>(
  operation: TypedDocumentString<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: operation.toString(), variables }),
  });
  return dataOf((await response.json()) as Answer<TResult>);
}

/** Listens until the subscription ends, and across lost connections: each time it goes on behind the last event that came.
 * @param positionOf Where an event stands, to go on behind it. */
export async function* follow<TResult, TVariables extends { after?: string | null }>(
  operation: TypedDocumentString<TResult, TVariables>,
  variables: TVariables,
  positionOf: (event: TResult) => string,
  onInterruption: (reason: string) => void,
): AsyncGenerator<TResult> {
  let after = variables.after ?? null;
  for (;;) {
    try {
      const events = streams.iterate<TResult>({ query: operation.toString(), variables: { ...variables, after } });
      for await (const event of events) {
        const data = dataOf(event as Answer<TResult>);
        after = positionOf(data);
        yield data;
      }
      return;
    } catch (error) {
      if (error instanceof Refused) throw error;
      onInterruption(`${error instanceof Error ? error.message : error}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** The API understood, and said no. */
export class Refused extends Error {}

function dataOf<TResult>(answer: Answer<TResult>): TResult {
  if (answer.errors?.length || !answer.data) throw new Refused(answer.errors?.map((error) => error.message).join(' ') ?? 'no data');
  return answer.data;
}
