/**
 * A fresh process for everybody who takes part, all warm before the first round, then round by round in turn (A B C A B C):
 * what disturbs the machine disturbs everybody.
 */
import { type Ready, type Round, SubjectProcess } from './subject-process.js';

/** Somebody who takes part, and how the process is started. */
export interface Participant {
  readonly name: string;
  readonly version?: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Which clock counts, as the row has it. */
  readonly clock?: 'cpu';
  /** Who it is shown beside, if that is not the row's. */
  readonly against?: string;
}

/** A participant and what was measured. */
export interface Measured extends Participant, Ready {
  readonly rounds: readonly Round[];
}

/**
 * Runs them all.
 *
 * @throws Error when one gives a wrong answer, dies or hangs.
 */
export async function runInTurn(
  participants: readonly Participant[],
  rounds: number,
): Promise<Measured[]> {
  const processes: SubjectProcess[] = [];
  const measured: (Participant & Ready & { rounds: Round[] })[] = [];
  try {
    for (const participant of participants) {
      // One after the other: two that warm up at once are not alone when they learn how long a run takes.
      const process = new SubjectProcess(participant.name, participant.command, participant.args);
      processes.push(process);
      measured.push({ ...participant, ...(await process.ready()), rounds: [] });
    }
    for (let round = 0; round < rounds; round++) {
      for (const [at, process] of processes.entries()) {
        measured[at]?.rounds.push(await process.round());
      }
    }
    return measured;
  } finally {
    for (const process of processes) process.close();
  }
}

/** Seconds of one operation, in each round, by the clock that counts. */
export function perOperation({ rounds, operations, clock }: Measured): number[] {
  return rounds.map(
    ({ seconds, cpuSeconds }) => (clock === 'cpu' ? cpuSeconds : seconds) / operations,
  );
}
