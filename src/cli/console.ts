/** Where a command writes and what it is connected to; given from outside so that tests can stand in. */
export interface Console {
  /** The results: what a pipe gets. */
  readonly stdout: NodeJS.WriteStream;
  /** Progress, warnings and errors. */
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
}
