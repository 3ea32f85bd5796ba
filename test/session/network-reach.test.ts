/** Which UDP line leads to whom. */
import { expect, it } from 'vitest';
import { networkReach } from '../../src/session/network-reach.ts';
import { networkUrl, parseNetworkAddress } from '../../src/wire/network-address.ts';

const reach = networkReach([
  { name: 'four', family: 4 },
  { name: 'six', family: 6 },
]);
const at = (url: string | undefined) => reach({ name: 'somebody', url });
const urlOf = (text: string) => networkUrl(parseNetworkAddress(text)!);

it('a player is reached where its URL says, over the line of that family', () => {
  expect(at(urlOf('192.0.2.7:2302'))).toEqual({ line: 'four', address: '192.0.2.7:2302' });
  expect(at(urlOf('[2001:db8::7]:2302'))).toEqual({ line: 'six', address: '[2001:db8::7]:2302' });
});

it('a player without a URL, of another link, without a port, or of a family without a line is not reached', () => {
  expect(at(undefined)).toBeUndefined();
  expect(at('x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;baud=9600')).toBeUndefined();
  expect(at(urlOf('192.0.2.7:0'))).toBeUndefined();
  const onlyFour = networkReach([{ name: 'four', family: 4 }]);
  expect(onlyFour({ name: 'somebody', url: urlOf('[::1]:2302') })).toBeUndefined();
});
