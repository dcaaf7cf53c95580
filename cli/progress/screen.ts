import { Writable } from 'node:stream';

const escape = '\u001b';
const sequence = `${escape}\\[[\\d;]*`;
const tokens = new RegExp(`${sequence}[A-Za-z]|[^]`, 'gu');
const cursorUp = new RegExp(`^${sequence}A$`);
const colour = new RegExp(`^${sequence}m$`);

/** For tests: a terminal that knows what a live display uses, and shows what a person would see. */
export class Screen extends Writable {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  raw = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 80) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.raw += chunk.toString();
    for (const [token] of chunk.toString().matchAll(tokens)) this.#take(token);
    done();
  }

  #take(token: string): void {
    if (cursorUp.test(token)) this.#row = Math.max(0, this.#row - Number.parseInt(token.slice(2), 10));
    else if (token === `${escape}[K`) this.#lines[this.#row] = this.#line.slice(0, this.#column);
    else if (token === `${escape}[J`)
      this.#lines = [...this.#lines.slice(0, this.#row), this.#line.slice(0, this.#column)];
    else if (colour.test(token)) return;
    else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#newLine();
    else if (token.startsWith(escape))
      throw new Error(`a sequence that this screen does not know: ${JSON.stringify(token)}`);
    else this.#put(token);
  }

  get #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  #newLine(): void {
    this.#row += 1;
    this.#column = 0;
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#newLine();
    this.#lines[this.#row] =
      `${this.#line.slice(0, this.#column).padEnd(this.#column)}${character}${this.#line.slice(this.#column + 1)}`;
    this.#column += 1;
  }

  /** Makes the terminal narrower or wider as terminals do: what is on it wraps anew. */
  resize(columns: number): void {
    const below = this.#lines.length - this.#row;
    this.#lines = this.#lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    this.#row = this.#lines.length - below;
    this.columns = columns;
    this.emit('resize');
  }

  /** What is on it, without the empty lines at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }
}
