/** The control lines of a serial port: what can be read, and what can be set. Types only. */

/** The lines of a serial port at one moment. `null` means that this port or this OS cannot say. */
export interface ModemLines {
  /** Clear To Send, an input. */
  readonly cts: boolean;
  /** Data Set Ready, an input. */
  readonly dsr: boolean;
  /** Data Carrier Detect, an input. */
  readonly dcd: boolean;
  /** Ring Indicator, an input; read on Linux only. */
  readonly ri: boolean | null;
  /** Data Terminal Ready, an output: read back on Linux, elsewhere what was last set here. */
  readonly dtr: boolean;
  /** Request To Send, an output: read back on Linux, elsewhere what was last set here. */
  readonly rts: boolean;
}

/** Outputs that the operator may set; a line that is left out stays as it is. */
export interface OutputLines {
  readonly dtr?: boolean;
  readonly rts?: boolean;
}
