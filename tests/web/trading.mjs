/* A company in the middle of its day, for whoever looks at its screens: debts of several ages, sales, money, a sale that waits. */
import { company } from "./harness.mjs";

const DAY_MS = 86_400_000;
export const PAINT = "8934567001203"; /* Sơn 5 L, 685,000 */

/* Goods with a barcode. */
export const addPaint = (shop) =>
    shop.tefter("product", "add", "SON5", "Sơn nội thất 5 L", "--unit", "can", "--price", "685000", "--barcode", PAINT);

/* Those, and a first customer over whose limit a manager is asked. */
export async function withPaint() {
    const shop = await company({ own: true });
    await addPaint(shop);
    await shop.tefter("customer", "limit", "K01", "4050000", "--policy", "approve");
    return shop;
}

export async function trading() {
    const shop = await company({ own: true });
    const { tefter } = shop;
    const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
    await addPaint(shop);
    for (const [name, code, limit] of [
        ["Công ty TNHH Một thành viên Xây dựng và Thương mại Tổng hợp Bình Triệu", "K07", "928300000"],
        ["Θεοχαρόπουλος & Παπαδημητρίου Οικοδομικές Επιχειρήσεις Α.Ε.", "K08", "50000000"],
    ]) {
        await tefter(
            "customer",
            "add",
            name,
            "--code",
            code,
            "--phone",
            "+84 28 3810 0077",
            "--area",
            "route 2",
            "--no-look",
        );
        await tefter("customer", "limit", code, limit);
    }
    for (const code of ["K01", "K05"]) await tefter("customer", "limit", code, "4050000", "--policy", "approve");
    const old = (customer, goods, date, due) =>
        tefter("sell", customer, goods, "--date", ago(date), "--due", ago(due), "--backfill");
    await old("K07", "XM40=3000", 95, 65);
    await old("K07", "THEP10=1200", 50, 20);
    await old("K08", "THEP10=200", 160, 130);
    await old("K03", "XM40=20", 40, 10);
    await tefter("sell", "K07", "XM40=500", "SON5=12-5%", "--charge", "shipping=500k");
    await tefter("sell", "K02", "XM40=12", "GACH6=300");
    await tefter("sell", "K05", "SON5=4");
    await tefter("sell", "K06", "XM40=130");
    await tefter("pay", "K07", "120m", "--transfer", "VCB 0071", "--reference", "FT26332");
    await tefter("pay", "K02", "500k", "--transfer", "VCB 0071", "--reference", "FT26333");
    await tefter("pay", "K04", "250k", "--transfer", "VCB 0071", "--reference", "FT26334");
    await tefter("sell", "cash", "GACH6=200", "--paid", "transfer@VCB 0071#FT26335").catch(() => undefined);
    await tefter("sell", "K03", "XM40=30").catch(() => undefined); /* over, refused */
    await tefter("sell", "K01", "XM40=60", "--ask=pays on Thursday").catch(() => undefined);
    await tefter("sell", "K05", "SON5=5", "--ask=for the school's roof").catch(() => undefined);
    const asked = await shop.json("approval", "list");
    const [bill] = await shop.json("document", "show", "HQ-00005");
    return { ...shop, asked, paper: String(bill.document.document) };
}
