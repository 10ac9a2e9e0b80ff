/** What holds while the page is open: the microphone, and who of a shared phone speaks now. */

import { Microphone, type Level } from "../recording/microphone";

export const microphone = $state<{ tried: boolean; level: Level }>({ tried: false, level: { peak: 0, rms: 0 } });
/** On a shared phone: the account of who speaks, and the number of their card. */
export const person = $state<{ account: string | null; card: string }>({ account: null, card: "" });

let opened: Promise<Microphone> | undefined;

/** The open microphone; the first call asks the person. */
export function openMicrophone(): Promise<Microphone> {
  opened ??= Microphone.open((level) => Object.assign(microphone.level, level)).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** Lets go of the microphone, so that its sign goes out. */
export function closeMicrophone(): void {
  void opened?.then((one) => one.close());
  opened = undefined;
}
