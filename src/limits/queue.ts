/** First in, first out. Not an array with shift(), which in a long one moves all remaining values each time. */
export class Queue<T> {
  #values: T[] = [];
  #start = 0;

  get size(): number {
    return this.#values.length - this.#start;
  }

  push(value: T): void {
    this.#values.push(value);
  }

  /** The value at a position; 0 is the first. */
  at(index: number): T | undefined {
    return this.#values[this.#start + index];
  }

  /** Removes the first value. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const value = this.#values[this.#start];
    this.#start += 1;
    if (this.#start === this.#values.length || this.#start >= 1024) {
      this.#values = this.#values.slice(this.#start);
      this.#start = 0;
    }
    return value;
  }
}
