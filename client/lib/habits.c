/* How whoever is at this terminal writes numbers and dates: a file of the profile. */
#include "lib/folder.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    [HABIT_ENGLISH] = "en", [HABIT_VIETNAMESE] = "vi", [HABIT_CHINESE] = "zh",
    [HABIT_PERSIAN] = "fa", [HABIT_GREEK] = "el",
};

const char *habit_word(enum number_habit habit)
{
    return words[habit];
}

bool habit_of(const char *word, enum number_habit *ret_habit)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_habit = (enum number_habit)i;
            return true;
        }
    }
    return false;
}

bool tefter_habits_read(const char *folder, struct tefter_habits *ret_habits)
{
    struct failure failure = {0};
    struct arena arena;
    struct slice file;
    char word[4] = "";
    char unit[8] = "";
    *ret_habits = (struct tefter_habits){.habit = HABIT_ENGLISH};
    arena_init(&arena, PROFILE_FILE_MAX + 1024);
    bool good = folder_read(folder, "habits", PROFILE_FILE_MAX, &arena, &file, &failure);
    if (good && file.data != NULL)
        good = sscanf((const char *)file.data, "language = %3s\nunit = %7s", word, unit) == 2 &&
               habit_of(word, &ret_habits->habit);
    ret_habits->toman = strcmp(unit, "toman") == 0;
    arena_fini(&arena);
    return good;
}

bool tefter_habits_write(const char *folder, const struct tefter_habits *habits,
                         struct failure *failure)
{
    char text[64];
    int size = snprintf(text, sizeof text, "language = %s\nunit = %s\n", habit_word(habits->habit),
                        habits->toman ? "toman" : "money");
    return folder_write(folder, "habits", slice_of(text, (size_t)size), 0644, failure);
}
