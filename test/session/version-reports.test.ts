/** What the host knows of the peers' versions. [MS-DPDX] 2.2.37 */
import { describe, expect, it } from 'vitest';
import { VersionReports } from '../../src/session/version-reports.ts';

describe('the reports of the peers', () => {
  it('give the oldest version among them [2.2.37-11]', () => {
    const reports = new VersionReports();
    reports.joined(1, 3);
    reports.joined(2, 5);
    reports.reported(1, 12, 12);
    reports.reported(2, 8, 12);
    expect(reports.oldest).toBe(8);
  });

  it('make a resynchronisation due when the oldest advances, once, with that version [2.2.37-12, 2.2.30-04]', () => {
    const reports = new VersionReports();
    reports.joined(1, 3);
    expect(reports.advance(3)).toBeUndefined();
    reports.reported(1, 4, 4);
    expect(reports.advance(4)).toBe(4);
    expect(reports.advance(4)).toBeUndefined();
    reports.joined(2, 5);
    reports.reported(1, 12, 13);
    expect(reports.advance(13)).toBe(5);
    reports.reported(2, 12, 13);
    expect(reports.advance(13)).toBe(12);
  });

  it('count whoever has not reported with the version that it was sent, and whoever left not at all', () => {
    const reports = new VersionReports();
    reports.joined(1, 3);
    reports.joined(2, 5);
    reports.reported(1, 8, 8);
    expect(reports.advance(8)).toBe(5);
    reports.left(2);
    expect(reports.advance(9)).toBe(8);
    reports.left(1);
    expect(reports.oldest).toBeUndefined();
    expect(reports.advance(10)).toBe(10);
  });

  it('are disregarded where no honest peer says such a thing, or nobody who counts [2.2.23-05]', () => {
    const reports = new VersionReports();
    reports.joined(1, 6);
    for (const version of [0, 5, 9]) expect(reports.reported(1, version, 8)).toBe(false);
    expect(reports.reported(2, 8, 8)).toBe(false);
    expect(reports.oldest).toBe(6);
    expect(reports.reported(1, 6, 8)).toBe(true);
  });

  it('begin anew with another host', () => {
    const reports = new VersionReports();
    reports.joined(1, 6);
    reports.clear();
    expect(reports.oldest).toBeUndefined();
    reports.joined(1, 9);
    expect(reports.advance(9)).toBeUndefined();
  });
});
