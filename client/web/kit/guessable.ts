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

const COMMON_PASSWORDS =
    "password password1 password12 password123 passw0rd 12345678 123456789 1234567890 87654321 qwertyuiop qwerty123 qwerty12 1q2w3e4r 1qaz2wsx iloveyou sunshine football baseball princess superman welcome1 admin123 adminadmin administrator letmein1 matkhau123 abcd1234 abc12345 asdfghjkl asdf1234 11111111 00000000 88888888 66666666 99999999 changeme trustno1 dragon123 monkey123 a1b2c3d4 5201314520 woaini1314";

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

const isWord = (password: string, word: string): boolean =>
    word !== "" && password.startsWith(word) && /^[0-9!@#$%&*?.,\-_]*$/.test(password.slice(word.length));

/* words: login, name, company */
export function passwordGuessable(password: string, words: readonly (string | undefined)[]): boolean {
    if (password === "") return false;
    return (
        COMMON_PASSWORDS.split(" ").includes(password.replace(/[A-Z]/g, (letter) => letter.toLowerCase())) ||
        words.some((word) => word !== undefined && isWord(squeeze(password), squeeze(word)))
    );
}
