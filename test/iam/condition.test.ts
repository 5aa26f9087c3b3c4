import { describe, expect, it } from 'vitest'
import { closureOf } from '../../src/iam/condition/closures.ts'
import { interpret, parseCondition } from '../../src/iam/condition/language.ts'
import {
  type CompiledCondition,
  ConditionFacts,
  type ConditionInput,
  checkCondition,
  compileCondition,
  MAX_CONDITION_LENGTH,
} from '../../src/iam/condition.ts'

function facts(over: Partial<ConditionInput> = {}): ConditionFacts {
  return new ConditionFacts({
    ip: '192.0.2.7',
    time: Date.parse('2026-07-01T22:30:15.250Z'),
    userAgent: 'aws-cli/2.36',
    operation: 'GetObject',
    prefix: null,
    name: 'photos',
    id: 'photos/team-a/cat.jpg',
    locality: 'fr-par',
    ...over,
  })
}

/** What a condition comes to: an error is `undefined`. */
function outcome(condition: CompiledCondition, input: ConditionFacts): boolean | undefined {
  const value = condition(input)
  return typeof value === 'boolean' ? value : undefined
}

const LIST = { id: null, prefix: 'team-a/', operation: 'ListObjectsV2' }
const PREFIX_IDIOM =
  'resource.id.startsWith("photos/team-a/") || (!has(resource.id) && has(request.prefix) && request.prefix.startsWith("team-a/"))'

describe('conditions', () => {
  it.each<[text: string, over: Partial<ConditionInput>, expected: boolean | undefined]>([
    ['true', {}, true],
    ['false', {}, false],
    ['resource.name == "photos"', {}, true],
    ['"photos" == resource.name', {}, true],
    ['resource["name"] == "photos"', {}, true],
    ['resource.name != "photos"', {}, false],
    ['resource.name == "photos"', { name: null }, undefined],
    ['!has(resource.name) || resource.name == "photos"', { name: null }, true],
    ['resource.locality == "fr-par"', {}, true],
    ['resource.name in ["docs", "photos"]', {}, true],
    ['resource.name in ["docs"]', {}, false],
    ['request.operation in ["GetObject", "HeadObject"]', {}, true],
    ['request.user_agent.startsWith("aws-cli/")', {}, true],
    ['request.user_agent.endsWith("36") && request.user_agent.contains("cli")', {}, true],
    ['request.user_agent.size() == 255', { userAgent: 'x'.repeat(300) }, true],
    ['resource.id.startsWith(resource.name + "/team-a/")', {}, true],
    ['resource.name == "photos" ? resource.locality == "nl-ams" : true', {}, false],
    // The idiom for lists, and what it opens.
    ['resource.id.startsWith("photos/team-a/") || !has(resource.id)', {}, true],
    ['resource.id.startsWith("photos/team-b/") || !has(resource.id)', {}, false],
    ['resource.id.startsWith("photos/team-b/") || !has(resource.id)', LIST, true],
    ['resource.id.startsWith("photos/team-a/")', LIST, undefined],
    [PREFIX_IDIOM, {}, true],
    [PREFIX_IDIOM, { id: 'photos/team-b/x' }, false],
    [PREFIX_IDIOM, LIST, true],
    [PREFIX_IDIOM, { ...LIST, prefix: 'team-' }, undefined],
    [PREFIX_IDIOM, { ...LIST, prefix: '' }, undefined],
    [PREFIX_IDIOM, { ...LIST, prefix: null }, undefined],
    ['request.prefix == ""', { ...LIST, prefix: '' }, true],
    ['request.prefix == ""', {}, undefined],
    ['!request.prefix.startsWith("secret/")', {}, undefined],
    // An error loses against what decides without it, on either side.
    ['request.prefix == "" || true', {}, true],
    ['true || request.prefix == ""', {}, true],
    ['request.prefix == "" && false', {}, false],
    ['false && request.prefix == ""', {}, false],
    ['request.prefix == "" || false', {}, undefined],
    ['request.prefix == "" && true', {}, undefined],
    ['!(request.prefix == "")', {}, undefined],
    ['request.prefix == "" ? true : true', {}, undefined],
    // Addresses.
    ['inIpRange(request.ip, "192.0.2.0/24")', {}, true],
    ['inIpRange(request.ip, "192.0.3.0/24")', {}, false],
    ['!inIpRange(request.ip, "192.0.2.0/24")', {}, false],
    ['inIpRange(request.ip, "192.0.2.0/24")', { ip: '::ffff:192.0.2.9' }, true],
    ['request.ip == "192.0.2.9"', { ip: '::ffff:192.0.2.9' }, true],
    ['inIpRange(request.ip, "2001:db8::/32")', { ip: '2001:db8::1' }, true],
    ['inIpRange(request.ip, "2001:db8::/32")', {}, false],
    ['inIpRange(request.ip, "0.0.0.0/0")', { ip: '2001:db8::1' }, false],
    ['inIpRange(request.ip, "0.0.0.0/0")', { ip: 'nonsense' }, undefined],
    ['["10.0.0.0/8", "192.0.2.0/24"].exists(r, inIpRange(request.ip, r))', {}, true],
    ['["10.0.0.0/8"].exists(r, inIpRange(request.ip, r))', {}, false],
    // Times.
    ['request.time < timestamp("2026-07-02T00:00:00Z")', {}, true],
    ['request.time >= timestamp("2026-07-02T00:00:00+02:00")', {}, true],
    ['request.time - timestamp("2026-07-01T22:00:00Z") > duration("30m")', {}, true],
    ['request.time + duration("1h30m") > timestamp("2026-07-02T00:00:00Z")', {}, true],
    ['request.time.getFullYear() == 2026', {}, true],
    ['request.time.getMonth() == 6', {}, true],
    ['request.time.getDate() == 1 && request.time.getDayOfMonth() == 0', {}, true],
    ['request.time.getDayOfWeek() == 3', {}, true],
    ['request.time.getDayOfWeek("Asia/Tokyo") == 4', {}, true],
    ['request.time.getDayOfYear() == 181', {}, true],
    ['request.time.getHours() == 22', {}, true],
    ['request.time.getHours("UTC") == 22', {}, true],
    ['request.time.getHours("Europe/Paris") == 0', {}, true],
    ['request.time.getHours("Europe/Paris") == 23', { time: Date.parse('2026-01-01T22:30:00Z') }, true],
    ['request.time.getDate("Europe/Paris") == 2', {}, true],
    ['request.time.getHours("+05:30") == 4 && request.time.getMinutes("+05:30") == 0', {}, true],
    ['request.time.getHours("America/New_York") == 18', {}, true],
    ['request.time.getSeconds() == 15 && request.time.getMilliseconds() == 250', {}, true],
    ['request.time.getDayOfWeek("Europe/Paris") in [1, 2, 3, 4, 5]', {}, true],
    ['request.time.getMonth() in [-1, 6]', {}, true],
    ['request.time.getHours("Europe/Paris") >= 8 && request.time.getHours("Europe/Paris") < 18', {}, false],
    ['duration("90m").getHours() == 1', {}, true],
    // Standard functions.
    ['resource.id.matches("^photos/team-[a-z]/")', {}, true],
    ['resource.id.matches("^photos/team-[x-z]/")', {}, false],
    ['resource.id.split("/")[1] == "team-a"', {}, true],
    ['resource.id.lowerAscii() == "photos/team-a/cat.jpg"', { id: 'PHOTOS/Team-A/cat.jpg' }, true],
    ['resource.id.lowerAscii() == "photos/İ"', { id: 'Photos/İ' }, true],
    ['resource.id.upperAscii() == "PHOTOS/ß"', { id: 'photos/ß' }, true],
    ['size(resource.name) == 6 && int("7") > 6 && string(7) == "7"', {}, true],
    ['string(request.time) == "2026-07-01T22:30:15.25Z"', {}, true],
    ['int(request.time) == 1782945015', {}, true],
    ['int(2u) == 2 && double(2) > 1.5 && type(resource.name) == string', {}, true],
    ['["team-a/", "team-b/"].exists(p, resource.id.startsWith("photos/" + p))', {}, true],
    ['["a", "b"].all(x, x != resource.name) && [1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6]', {}, true],
    ['[resource.name].exists_one(x, x == "photos")', {}, true],
    ['{"photos": "fr-par"}[resource.name] == resource.locality', {}, true],
    ['resource.id.split("/")[9] == "x"', {}, undefined],
    ['1 / (size(resource.name) - 6) == 1', {}, undefined],
  ])('%s with %j is %j', (text, over, expected) => {
    expect(checkCondition(text)).toEqual([])
    expect(outcome(compileCondition(text), facts(over))).toBe(expected)
    // The library, which does not know the short cuts, agrees.
    expect(outcome(interpret(text), facts(over))).toBe(expected)
  })

  it.each<[text: string, line: number, column: number, message: RegExp]>([
    ['resource.name ==', 1, 17, /Unexpected token/],
    ['(', 1, 2, /Unexpected token/],
    ['resource.name == "x" &&\n  request.ip = "y"', 2, 14, /./],
    ['resource.name', 1, 1, /must be a bool, and is of type `string`/],
    ['1', 1, 1, /must be a bool/],
    ['""', 1, 1, /must be a bool/],
    ['dyn(true)', 1, 1, /must be a bool, and is of type `dyn`/],
    ['bucket == "x"', 1, 1, /Unknown variable: bucket/],
    ['resource.nmae == "x"', 1, 10, /No such key: nmae/],
    ['!has(resource.nmae)', 1, 6, /there is no `resource.nmae`/],
    ['has(resource.name.x)', 1, 1, /asks for a field/],
    ['resource["na" + "me"] == "x"', 1, 1, /can only be asked for a field/],
    ['[resource].size() == 1', 1, 2, /can only be asked for a field/],
    ['["x"].exists(resource, resource == "x")', 1, 14, /has a meaning already/],
    ['resource.name == 1', 1, 1, /no such overload: string == int/],
    ['resource.name.startsWith(1)', 1, 1, /no matching overload/],
    ['"a" && true', 1, 1, /requires bool operands/],
    ['isAdmin(request.ip)', 1, 1, /no matching overload for 'isAdmin/],
    ['cel.bind(x, 1, x == 1)', 1, 1, /no method `bind`/],
    ['optional.of(true).orValue(true)', 1, 1, /bool|no method/],
    ['b"{}".json() == {}', 1, 1, /no method `json`/],
    ['inIpRange(request.ip, "10.0.0.0/33")', 1, 23, /not a range of IP addresses/],
    ['request.time < timestamp("tomorrow")', 1, 26, /not a time/],
    ['request.time < timestamp("Sat Jan 31 2026 12:00")', 1, 26, /not a time/],
    ['request.time < timestamp("2026-13-31T12:00:00Z")', 1, 16, /timestamp/],
    ['duration("soon") > duration("1s")', 1, 1, /[Dd]uration/],
    ['request.time.getHours("Mars/Olympus") == 1', 1, 23, /time zone/],
    ['request.time.getHours(resource.name) == 1', 1, 23, /must be written out/],
    ['resource.id.matches("(")', 1, 21, /regexp/],
    ['resource.id.matches("(?=a)")', 1, 21, /regexp/],
    ['resource.id.matches("(a)\\\\1")', 1, 21, /regexp/],
    ['resource.id.matches(request.user_agent)', 1, 21, /must be written out/],
    ['resource.id.matches("(a{1,100}){1,10}")', 1, 21, /repeats too much/],
    [`resource.id.matches("${'a'.repeat(257)}")`, 1, 21, /at most 256/],
    [`resource.name == "${'a'.repeat(MAX_CONDITION_LENGTH)}"`, 1, MAX_CONDITION_LENGTH + 1, /at most 2048/],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, 1, expect.any(Number) as number, /maxDepth/],
  ])('%j is refused at %i:%i', (text, line, column, message) => {
    const [fault, ...more] = checkCondition(text)
    expect(more).toEqual([])
    expect(fault).toEqual({ line, column, message: expect.stringMatching(message) })
    // Stored all the same, by whatever way: it never holds, and says why.
    expect(compileCondition(text)(facts())).toEqual({ message: fault?.message })
  })

  it('no condition is no fault', () => {
    expect(checkCondition('')).toEqual([])
  })
})

const TEN = '[1,2,3,4,5,6,7,8,9,10]'
const HUNDRED = `[${Array.from({ length: 100 }, (_, index) => index).join(',')}]`

describe('conditions that would take long', () => {
  it.each([
    `${TEN}.all(a, ${TEN}.all(b, ${TEN}.all(c, ${TEN}.all(d, a + b + c + d > 0))))`,
    `${HUNDRED}.all(a, ${HUNDRED}.all(b, a + b >= 0))`,
    `${TEN}.map(a, ${TEN}.map(b, ${TEN}.map(c, resource.id + resource.id))).size() == 10`,
    `${HUNDRED}.map(a, resource.id + resource.id + resource.id).size() == 100`,
    'resource.id.split("").all(x, x != "y")',
    'resource.id.split("").map(x, resource.id).join("") == "x"',
    `${HUNDRED}.all(a, resource.id.matches("x"))`,
    `${HUNDRED}.all(a, request.time.getHours("Europe/Paris") > a)`,
  ])('%s is refused', (text) => {
    expect(checkCondition(text)).toEqual([
      { line: 1, column: expect.any(Number), message: expect.stringMatching(/too long/) },
    ])
  })

  it.each([
    `${HUNDRED}.exists(a, a == size(resource.name))`,
    `${TEN}.all(a, ${TEN}.all(b, a + b > 0))`,
    Array.from({ length: 60 }, (_, index) => `resource.name == "bucket-${index}"`).join(' || '),
    `resource.name in [${Array.from({ length: 150 }, (_, index) => `"bucket-${index}"`).join(', ')}]`,
    `["a/","b/","c/","d/","e/","f/","g/","h/"].exists(p, resource.id.startsWith("photos/" + p))`,
  ])('%s is accepted', (text) => {
    expect(checkCondition(text)).toEqual([])
  })

  it.each(['(a+)+$', '(a|aa)+$', '(.*a){10}$', '([a-zA-Z]+)*$'])(
    'the pattern %s is matched in time linear in the text',
    (pattern) => {
      const text = `resource.id.matches("^${pattern}")`
      expect(checkCondition(text)).toEqual([])
      // A backtracking engine would not come back from this within the test's patience.
      expect(outcome(compileCondition(text), facts({ id: `${'a'.repeat(1000)}!` }))).toBe(false)
      expect(outcome(interpret(text), facts({ id: `${'a'.repeat(1000)}!` }))).toBe(false)
    },
  )
})

/** Reproducible choices. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('closures and library', () => {
  const TEXTS = [
    'request.ip',
    'request.user_agent',
    'request.operation',
    'request.prefix',
    'resource.name',
    'resource.id',
    'resource.locality',
    '"photos"',
    '"team-a/"',
    '""',
    '(resource.name + "/")',
  ]
  const AMOUNTS = [
    'request.time.getHours()',
    'request.time.getHours("Europe/Paris")',
    'request.time.getDayOfWeek("Asia/Kolkata")',
    '3',
    '-1',
    '22',
  ]
  const FIELDS = ['request.prefix', 'resource.name', 'resource.id', 'request.time', 'request.ip']
  const INPUTS = [
    facts(),
    facts(LIST),
    facts({ ...LIST, prefix: '' }),
    facts({ name: null, id: null, locality: null, operation: 'ListBuckets', prefix: null }),
    facts({ ip: '2001:db8::7', time: Date.parse('2026-03-29T00:59:59Z') }),
    facts({ ip: '?', userAgent: '', time: Date.parse('2026-03-29T01:00:00Z') }),
  ]

  function make(pick: (below: number) => number, depth: number): string {
    const one = (from: readonly string[]): string => from[pick(from.length)]!
    if (depth > 0) {
      const inner = (): string => make(pick, depth - 1)
      switch (pick(5)) {
        case 0:
          return `(${inner()} && ${inner()})`
        case 1:
          return `(${inner()} || ${inner()})`
        case 2:
          return `!(${inner()})`
        case 3:
          return `(${inner()} ? ${inner()} : ${inner()})`
      }
    }
    switch (pick(11)) {
      case 0:
        return `${one(TEXTS)} ${one(['==', '!='])} ${one(TEXTS)}`
      case 1:
        return `${one(AMOUNTS)} ${one(['==', '!=', '<', '<=', '>', '>='])} ${one(AMOUNTS)}`
      case 2:
        return `${one(TEXTS)}.${one(['startsWith', 'endsWith', 'contains'])}(${one(TEXTS)})`
      case 3:
        return `${one(TEXTS)} in ["photos", "192.0.2.7", ""]`
      case 4:
        return `has(${one(FIELDS)})`
      case 5:
        return `inIpRange(request.ip, "${one(['192.0.2.0/24', '2001:db8::/32', '::/0'])}")`
      case 6:
        return `["photos", "team-a/"].${one(['exists', 'all'])}(x, ${one(TEXTS)}.startsWith(x) ${one(['||', '&&'])} x == ${one(TEXTS)})`
      case 7:
        return `[3, 22].${one(['exists', 'all'])}(x, x ${one(['==', '<'])} ${one(AMOUNTS)})`
      case 8:
        return `["::/0", "10.0.0.0/8"].${one(['exists', 'all'])}(x, inIpRange(request.ip, x))`
      case 9:
        return `size(${one(TEXTS)}) > 6`
      case 10:
        return `request.time ${one(['<', '>='])} timestamp("2026-03-29T01:00:00Z")`
      default:
        return `${one(TEXTS)}.matches("${one(['^photos', 'a/', 'x*'])}")`
    }
  }

  it('agree on random conditions and requests', () => {
    const pick = random(20260701)
    for (let round = 0; round < 1500; round++) {
      const text = make(pick, pick(4))
      const tree = parseCondition(text)
      const alone = closureOf(tree, { bound: new Map(), otherwise: () => undefined })
      expect([text, alone !== undefined]).toEqual([text, !text.includes('size(')])
      const closure = compileCondition(text)
      const library = interpret(text)
      for (const input of INPUTS)
        expect([text, outcome(closure, input)]).toEqual([text, outcome(library, input)])
    }
  })
})
