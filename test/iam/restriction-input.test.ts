import { describe, expect, it } from 'vitest'
import { formatResource, InvalidResource, parseResource } from '../../src/iam/restriction-input.ts'

describe('resources as they are given', () => {
  it.each([
    ['sos/bucket:photos', { bucket: 'photos', prefix: null }],
    ['sos/bucket:photos/team-a/*', { bucket: 'photos', prefix: 'team-a/' }],
    ['sos/bucket:photos/team*', { bucket: 'photos', prefix: 'team' }],
    ['sos/bucket:photos/*', { bucket: 'photos', prefix: '' }],
    ['sos/bucket:photos//a b/ü*', { bucket: 'photos', prefix: '/a b/ü' }],
  ])('%s', (text, resource) => {
    expect(parseResource(text)).toEqual(resource)
    expect(formatResource(resource)).toBe(text)
  })

  it.each([
    ['photos', /sos\/bucket:NAME/],
    ['', /sos\/bucket:NAME/],
    ['sos/object:photos', /the only one there is/],
    ['compute/instance:x', /the only one there is/],
    ['sos/bucket:', /no bucket name/],
    ['sos/bucket:*', /no bucket name/],
    ['sos/bucket:Photos', /no bucket name/],
    ['sos/bucket:tenant:photos', /no bucket name/],
    ['sos/bucket:photos/team-a/', /ends with `\*`, as in `sos\/bucket:photos\/team-a\/\*`/],
    ['sos/bucket:photos/', /ends with/],
    ['sos/bucket:photos/*/x*', /at the end of a prefix only/],
  ])('%j is refused', (text, message) => {
    expect(() => parseResource(text)).toThrow(InvalidResource)
    expect(() => parseResource(text)).toThrow(message)
  })
})
