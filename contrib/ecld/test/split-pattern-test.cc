/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "format/split-pattern.h"
#include "format/tokenizer-trainer.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;

using Words = std::vector<std::string>;

/// @param pattern an expression @param text UTF-8 @return its pieces
Words
Split(const std::string& pattern, const std::string& text)
{
    std::vector<std::string_view> pieces;
    SplitPattern(pattern).Split(text, true, pieces);
    return {pieces.begin(), pieces.end()};
}

/// @param kind a family @param text UTF-8 @return its pieces
Words
Split(PreTokenizerKind kind, const std::string& text)
{
    return Split(GetSplitPattern(kind), text);
}

TEST(SplitPattern, FamiliesDifferWhereTheyShould)
{
    const std::string text = "We'LL pay 12345 euros,\n\n  camelCase a/b/";
    EXPECT_EQ(Split(PreTokenizerKind::LLAMA3, text),
              (Words{"We",
                     "'LL",
                     " pay",
                     " ",
                     "123",
                     "45",
                     " euros",
                     ",\n\n",
                     " ",
                     " camelCase",
                     " a",
                     "/b",
                     "/"}));
    EXPECT_EQ(Split(PreTokenizerKind::QWEN2, text),
              (Words{"We",
                     "'LL",
                     " pay",
                     " ",
                     "1",
                     "2",
                     "3",
                     "4",
                     "5",
                     " euros",
                     ",\n\n",
                     " ",
                     " camelCase",
                     " a",
                     "/b",
                     "/"}));
    EXPECT_EQ(Split(PreTokenizerKind::TEKKEN, text),
              (Words{"We",
                     "'LL",
                     " pay",
                     " ",
                     "1",
                     "2",
                     "3",
                     "4",
                     "5",
                     " euros",
                     ",\n\n",
                     " ",
                     " camel",
                     "Case",
                     " a",
                     "/b",
                     "/"}));
    EXPECT_EQ(Split(PreTokenizerKind::GPT2, text),
              (Words{"We",
                     "'",
                     "LL",
                     " pay",
                     " 12345",
                     " euros",
                     ",",
                     "\n\n ",
                     " camelCase",
                     " a",
                     "/",
                     "b",
                     "/"}));
}

// Oniguruma's ^ and $ are those of lines.
TEST(SplitPattern, AnchorsAreThoseOfLines)
{
    EXPECT_EQ(Split("^b", "bb\nbb"), (Words{"b", "b\n", "b", "b"}));
    EXPECT_EQ(Split("b$", "bb\nbb"), (Words{"b", "b", "\nb", "b"}));
}

TEST(SplitPattern, SpaceIsUnicodesWhiteSpace)
{
    // U+0085 and U+3000 are white space, U+FEFF, U+180E and U+200B are not.
    EXPECT_EQ(Split(R"(\s+)", "a\u0085\u3000b"), (Words{"a", "\u0085\u3000", "b"}));
    EXPECT_EQ(Split(R"(\s+)", "a\ufeff\u180e\u200bb"), (Words{"a\ufeff\u180e\u200bb"}));
    EXPECT_EQ(Split(R"([^\s]+)", "a\u0085b"), (Words{"a", "\u0085", "b"}));
    EXPECT_EQ(Split(R"(\S+)", "a\u0085b"), (Words{"a", "\u0085", "b"}));
}

TEST(SplitPattern, FoldsOnlyAsciiLetters)
{
    EXPECT_EQ(Split(R"((?i:'s|x[k])|b)", "'S'\u017fXK x\u212aB"),
              (Words{"'S", "'\u017f", "XK", " ", "x\u212a", "B"}))
        << "a class within the group folds as PCRE2 does";
    EXPECT_EQ(RewriteForPcre(R"((?i:'s|\p{Lu}(?:t)))u)"), R"((?:'[sS]|\p{Lu}(?:[tT])))u)");
}

TEST(SplitPattern, EveryByteIsInOnePiece)
{
    const std::string text = " \t\nA1\u00e9 \u4e2d\u6587\u0301  !?\r\n\u2028\U0001f600end ";
    for (const auto kind : {PreTokenizerKind::LLAMA3,
                            PreTokenizerKind::QWEN2,
                            PreTokenizerKind::TEKKEN,
                            PreTokenizerKind::GPT2})
    {
        std::string joined;
        for (const auto& piece : Split(kind, text))
        {
            EXPECT_FALSE(piece.empty());
            joined += piece;
        }
        EXPECT_EQ(joined, text);
    }
    EXPECT_EQ(Split("x*", "axxb"), (Words{"a", "xx", "b"})) << "empty matches cut nothing off";
    EXPECT_TRUE(Split("a", "").empty());
}

TEST(SplitPattern, LiteralsAndMatchesAlone)
{
    std::vector<std::string_view> pieces;
    SplitPattern(".", true).Split("a.b", true, pieces);
    EXPECT_EQ(Words(pieces.begin(), pieces.end()), (Words{"a", ".", "b"}));
    pieces.clear();
    SplitPattern("[a-z]+").Split("ab 1 cd", false, pieces);
    EXPECT_EQ(Words(pieces.begin(), pieces.end()), (Words{"ab", "cd"}));
}

TEST(SplitPattern, RefusesWhatPcreReadsInAnotherWay)
{
    const auto refused = [](const std::string& pattern, const char* word) {
        ExpectError<std::invalid_argument>([&] { SplitPattern x(pattern); }, {word});
    };
    refused("", "0 bytes");
    refused("(", "not a pattern");
    refused("[a", "not a pattern");
    refused("\\h", "\\h");
    refused("[a&&b]", "class");
    refused("[a[b]]", "class");
    refused("(?<n>a)", "group");
    refused("(?R)", "group");
    refused("(?x)a", "group");
    refused("\\C", "not a pattern");
    refused(std::string(100000, 'a'), "100000 bytes");
    refused("\xff", "not a pattern");
}

TEST(SplitPattern, GivesUpOnEndlessBacktracking)
{
    ExpectError<std::runtime_error>([] { Split("(?:a|aa)+(?=[bc])", std::string(80, 'a')); },
                                    {"the tokenizer's pattern", "limit"});
}

TEST(SplitPattern, LongRunsFit)
{
    const std::string run(1000000, 'a');
    EXPECT_EQ(Split(PreTokenizerKind::LLAMA3, run), Words{run});
    EXPECT_EQ(Split(PreTokenizerKind::TEKKEN, run), Words{run});
    const std::string spaces(1000000, ' ');
    EXPECT_EQ(Split(PreTokenizerKind::LLAMA3, spaces), Words{spaces});
}

} // namespace
