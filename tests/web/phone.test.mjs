/*
 * The page on a cheap phone with a bad line; see at_phone.mjs. How many bytes, and that it works, is asserted as it is promised; how
 * long it takes is told, and wrong at three times what is wanted: a test's machine has other work. tools/bench phone measures.
 */
import { company, ok, same, slowness, test, within } from "./harness.mjs";
import { GOALS, LINES, sale, SLOWER, visit } from "./at_phone.mjs";

const ROOM = 3; /* times what is wanted */
const slow = () => `the machine ${slowness().toFixed(1)} times slower than at rest`;
const inTime = (what, ms, wanted) => ok(ms <= within(ROOM * wanted), `${what}: ${ms} ms, wanted are ${wanted}`);

for (const language of ["en", "vi", "zh", "fa", "el"])
    test(
        `phone: the counter is there in time over a bad line, and at once from the cache, with a line and without (${language})`,
        async () => {
            const { cold, cached, alone, faults, lost, segments } = await visit(await company(), language);
            console.log(
                `# phone (${language}): cold ${cold.ms} ms, ${cold.kb} KB in ${cold.files} files; cached ${cached.ms} ms, ${cached.kb} KB; ` +
                    `without a line ${alone.ms} ms; ${lost} of ${segments} segments lost; ${slow()}`,
            );
            ok(
                cold.kb <= GOALS.first_load_kb,
                `the counter's first load is ${cold.kb} KB, more than ${GOALS.first_load_kb}`,
            );
            inTime("cold", cold.ms, GOALS.cold_ms);
            inTime("from the cache", cached.ms, GOALS.cached_ms);
            inTime("without a line", alone.ms, GOALS.cached_ms);
            same(faults, []);
        },
        { seconds: 120 },
    );

test(
    "phone: a sale of ten lines holds the page up nowhere",
    async () => {
        const { tasks, rows, faults } = await sale(await company());
        ok(tasks.length > LINES, "the trace has the page's tasks");
        const longest = Math.round(SLOWER * Math.max(...tasks));
        console.log(
            `# phone: a sale of ${LINES} lines: ${tasks.length} tasks, the longest ${longest} ms of a processor ${SLOWER} times slower; ${slow()}`,
        );
        inTime("a task", longest, GOALS.task_ms);
        ok(rows > 0, "the goods are in the sale");
        same(faults, []);
    },
    { seconds: 120 },
);
