// Rows to look at twice: near duplicates against all pairs compared by hand, damaged text made by decoding wrongly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlIn, mojibakeIn, unnormalisedIn } from '../../src/inspect/text-problems.ts';
import { TextSurveyor } from '../../src/inspect/text-survey.ts';

/** Numbers by arithmetic: the same on every machine. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const WORDS = 'model table language token mask data river stone cloud letter garden window engine paper music'.split(
  ' ',
);

/** Texts of which every tenth is an earlier one with a few words changed. */
function corpus(count: number, seed: number): string[] {
  const random = numbers(seed);
  const next = (below: number) => Math.floor((random.next().value as number) * below);
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 10 === 9) {
      const words = (texts[next(i)] as string).split(' ');
      for (let change = next(6); change > 0; change--) words[next(words.length)] = `x${next(1000)}`;
      texts.push(words.join(' '));
    } else texts.push(Array.from({ length: 30 + next(40) }, () => `${WORDS[next(WORDS.length)]}${next(40)}`).join(' '));
  }
  return texts;
}

/** Jaccard similarity of sets of three-word sequences, written out. */
function similarity(a: string, b: string): number {
  const sequences = (text: string) => {
    const words = text.split(' ');
    return new Set(words.slice(2).map((_, i) => words.slice(i, i + 3).join(' ')));
  };
  const [x, y] = [sequences(a), sequences(b)];
  const shared = [...x].filter((one) => y.has(one)).length;
  return shared / (x.size + y.size - shared);
}

const all = (texts: readonly (string | null)[]) => ({ places: texts.map((_, i) => i), texts });
const at = (texts: readonly (string | null)[]) => async (places: readonly number[]) =>
  places.map((i) => texts[i] ?? null);

test('near duplicates: none that is not one, and nearly all that are', async () => {
  const texts = corpus(1200, 1);
  const surveyor = new TextSurveyor(at(texts), null);
  await surveyor.add(all(texts));
  const { problems } = surveyor.result();
  const near = new Set<number>();
  const exact = new Set<number>();
  for (const [i, text] of texts.entries()) {
    if (texts.indexOf(text) < i) exact.add(i);
    else if (texts.slice(0, i).some((earlier) => similarity(earlier, text) >= 0.8)) near.add(i);
  }
  assert.ok(near.size >= 20 && exact.size >= 5, `${near.size} near, ${exact.size} exact`);
  assert.deepEqual(
    problems.duplicate.first.map(({ place }) => place),
    [...exact],
  );
  for (const { place } of problems.nearDuplicate.first) assert.ok(near.has(place), `row ${place}`);
  // a pair at 0.8 is found with probability 0.88, most are more alike
  assert.ok(problems.nearDuplicate.rows >= 0.85 * near.size, `${problems.nearDuplicate.rows} of ${near.size}`);
});

test('leaks: validation rows that are, or nearly are, training rows', async () => {
  const train = corpus(300, 2);
  const changed = (text: string) => text.replace(/\w+$/, 'changed');
  const validation = [...corpus(50, 3), train[5] as string, changed(train[7] as string), train[5] as string, null];
  const training = new TextSurveyor(at(train), null);
  await training.add(all(train));
  const surveyor = new TextSurveyor(at(validation), training.index);
  await surveyor.add(all(validation));
  const { problems } = surveyor.result();
  assert.deepEqual(
    problems.leak.first.map(({ place }) => place),
    [50, 52],
  );
  assert.deepEqual(
    problems.nearLeak.first.map(({ place }) => place),
    [51],
  );
  assert.match(problems.nearLeak.first[0]?.part ?? '', /row 8:/);
  assert.deepEqual(
    problems.duplicate.first.map(({ place }) => place).filter((place) => place >= 50),
    [52],
  );
  assert.deepEqual(problems.null.first, [{ place: 53, part: 'null' }]);
});

test('empty and white space are told apart from text', async () => {
  const texts = ['', ' \t\n', 'a', null, 'a'];
  const surveyor = new TextSurveyor(at(texts), null);
  await surveyor.add(all(texts));
  const { problems, rows } = surveyor.result();
  assert.equal(rows, 5);
  assert.deepEqual(
    problems.blank.first.map(({ part }) => part),
    ['empty', 'white space'],
  );
  assert.deepEqual([problems.null.rows, problems.duplicate.rows, problems.nearDuplicate.rows], [1, 1, 0]);
});

test('text decoded as another encoding is found, and well-decoded text is left alone', () => {
  const good = [
    'café naïve Grüße',
    'Ça va, señor? À bientôt',
    '“quoted” – dashes … 100 €',
    '中文 日本語 한국어',
    'Ελληνικά русский',
    '😀 emoji',
    'Ångström Ø æ ß',
    'VÅR “Â” â',
  ];
  const windows = new TextDecoder('windows-1252');
  for (const text of good) {
    assert.equal(mojibakeIn(text), null, text);
    if (!/^[\x20-\x7e]*$/.test(text)) {
      const broken = windows.decode(new TextEncoder().encode(text));
      if (/[à-ÿ“”–…€😀]/u.test(text)) assert.ok(mojibakeIn(broken), broken);
    }
  }
  assert.ok(mojibakeIn('broken \ufffd here'));
});

test('invisible characters and decomposed letters are told with their place', () => {
  assert.equal(controlIn('tabs\tand\r\nlines, family 👨‍👩‍👧 and نمی‌دانم'), null);
  assert.match(controlIn('zero\u200bwidth') ?? '', /^U\+200B/);
  assert.match(controlIn('bell\u0007') ?? '', /^U\+0007/);
  assert.match(controlIn('soft\u00adhyphen') ?? '', /^U\+00AD/);
  assert.match(controlIn('\ufeffmark') ?? '', /^U\+FEFF/);
  assert.equal(unnormalisedIn('café composed, 한국어'), null);
  assert.match(unnormalisedIn('a long way to cafe\u0301') ?? '', /cafe\u0301/);
});
