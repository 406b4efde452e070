import { expect, it } from 'vitest';
import { Queue } from '../../src/limits/queue.js';

it('a queue gives what an array would give, also in the long run and when it is empty', () => {
  const queue = new Queue<number>();
  const model: number[] = [];
  let last = 0;
  const check = () => {
    expect([queue.size, queue.at(0), queue.at(3)]).toEqual([model.length, model[0], model[3]]);
  };
  for (const [pushes, shifts] of [
    [0, 2],
    [5, 3],
    [3_000, 2_500],
    [10, 600],
    [4, 1],
  ] as const) {
    for (let push = 0; push < pushes; push += 1) {
      last += 1;
      queue.push(last);
      model.push(last);
      check();
    }
    for (let shift = 0; shift < shifts; shift += 1) {
      expect(queue.shift()).toBe(model.shift());
      check();
    }
  }
});
