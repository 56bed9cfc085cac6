/* Passwords and PINs that whoever guesses tries first, as the server has it (shared/base/guessable.c): told while they are
   typed. tests/base/test_guessable.py compares the lists. */

const COMMON_PINS = [
    "1004",
    "1122",
    "2000",
    "2001",
    "2580",
    "0852",
    "1230",
    "1984",
    "5683",
    "112233",
    "147258",
    "159753",
];

const COMMON_PASSWORDS = "1q2w3e4r 1qaz2wsx a1b2c3d4 5201314520";

const COMMON_WORDS =
    "password passwort matkhau woaini qwerty qwertz azerty asdf zxcvbnm iloveyou letmein welcome admin administrator dragon monkey sunshine football baseball princess superman changeme trustno abc abcd abcde abcdef master login hello secret qwertyuiop asdfghjkl default guest";

const runs = (pin: string, step: number): boolean =>
    [...pin].every((digit, i) => i === 0 || Number(digit) === (Number(pin[i - 1]) + step + 10) % 10);

const repeats = (pin: string): boolean => {
    for (let part = 1; part * 2 <= pin.length; part++)
        if (pin.length % part === 0 && pin.slice(0, -part) === pin.slice(part)) return true;
    return false;
};

export const pinGuessable = (pin: string): boolean =>
    pin !== "" && (runs(pin, 1) || runs(pin, -1) || repeats(pin) || COMMON_PINS.includes(pin));

const squeeze = (text: string): string => text.replace(/ /g, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/* Without the digits and marks at its end. */
const stem = (typed: string): string => typed.replace(/[0-9!@#$%&*?.,\-_]+$/, "");

const LETTERS: Record<string, string> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s", "!": "i" };
const isCommon = (typed: string): boolean =>
    COMMON_WORDS.split(" ").includes(stem(typed).replace(/[013457@$!]/g, (sign) => LETTERS[sign] ?? sign));

const isWord = (typed: string, word: string): boolean =>
    word !== "" && typed.startsWith(word) && stem(typed.slice(word.length)) === "";

/* All of it, or one of its words that is not too short to be more than a syllable. */
const isName = (typed: string, name: string): boolean =>
    isWord(typed, squeeze(name)) ||
    name.split(" ").some((part) => new TextEncoder().encode(part).length >= 4 && isWord(typed, squeeze(part)));

/* words: login, name, company */
export function passwordGuessable(password: string, words: readonly (string | undefined)[]): boolean {
    const typed = squeeze(password);
    if (typed === "") return false;
    return (
        words.some((word) => word !== undefined && isName(typed, word)) ||
        repeats(typed) ||
        (/^[0-9]+$/.test(typed) && (runs(typed, 1) || runs(typed, -1))) ||
        isCommon(typed) ||
        COMMON_PASSWORDS.split(" ").includes(typed)
    );
}
