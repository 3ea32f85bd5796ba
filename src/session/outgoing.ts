/** What is to go out on a line: a message and where it goes. Type only. */
import type { Message } from '../wire/message.ts';
import type { Endpoint } from './endpoint.ts';

/** One message and its destination. */
export interface Outgoing {
  readonly endpoint: Endpoint;
  readonly message: Message;
}
