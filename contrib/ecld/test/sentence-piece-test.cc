/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Tokenizers that were converted from SentencePiece, by hand. tokenizer-agreement and the tests of
// llama.cpp judge large ones.

#include "expect-error.h"
#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"
#include "sentence-piece-document.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;
using Ids = std::vector<int32_t>;

constexpr int32_t FIRST_BYTE = 3;

/// @return the three special tokens, 256 bytes, and by hand: "_" = 259, a = 260, b = 261, ab = 262,
/// _ab = 263, where _ is the mark of a blank
json
MakeDocument()
{
    json document = MakeSentencePieceDocument({}, 0);
    const std::string mark = SPACE_MARK;
    json& model = document["model"];
    model["vocab"][mark] = 259;
    model["vocab"]["a"] = 260;
    model["vocab"]["b"] = 261;
    model["vocab"]["ab"] = 262;
    model["vocab"][mark + "ab"] = 263;
    model["merges"] = {"a b", mark + " ab"};
    return document;
}

Tokenizer
Parse(const json& document)
{
    return Tokenizer::Parse(document.dump(), "t.json");
}

TEST(SentencePiece, MergesCharactersAndFallsBackToBytes)
{
    const auto tokenizer = Parse(MakeDocument());
    EXPECT_EQ(tokenizer.Encode("ab", true), (Ids{1, 263}));
    EXPECT_EQ(tokenizer.Encode("", true), Ids{1}) << "no mark before nothing";
    EXPECT_EQ(tokenizer.Encode(" ab a", false), (Ids{259, 263, 259, 260}));
    EXPECT_EQ(tokenizer.Encode("b\n", false), (Ids{259, 261, FIRST_BYTE + 0x0a}));
    EXPECT_EQ(tokenizer.Encode("\u00e9", false), (Ids{259, FIRST_BYTE + 0xc3, FIRST_BYTE + 0xa9}));
    EXPECT_EQ(tokenizer.Encode("ab</s>ab", false), (Ids{263, 2, 263})) << "a mark before each part";
    EXPECT_EQ(tokenizer.Decode({1, 263, 263, FIRST_BYTE + 0xc3, FIRST_BYTE + 0xa9}), "ab ab\u00e9");
    EXPECT_EQ(tokenizer.Decode({259, 263}), " ab");
    EXPECT_EQ(tokenizer.Decode({1, 263}, false), "<s> ab");
    EXPECT_EQ(tokenizer.GetTokenBytes(263), " ab");
    EXPECT_EQ(tokenizer.GetTokenBytes(FIRST_BYTE + 0x0a), "\n");
    EXPECT_EQ(tokenizer.GetUnknownId(), 0);
    EXPECT_EQ(tokenizer.GetPreTokenizerKind(), PreTokenizerKind::SENTENCE_PIECE);
    EXPECT_TRUE(tokenizer.AddsLeadingSpace());
}

TEST(SentencePiece, MarksBlanksAsMetaspaceDoes)
{
    json document = MakeDocument();
    UseMetaspace(document);
    const auto encode = [&](const char* scheme, const std::string& text) {
        document["pre_tokenizer"]["prepend_scheme"] = scheme;
        return Parse(document).Encode(text, false);
    };
    EXPECT_EQ(encode("first", "ab ab"), (Ids{263, 263}));
    EXPECT_EQ(encode("first", " ab"), Ids{263}) << "the mark of the blank is one already";
    EXPECT_EQ(encode("first", "ab</s>ab"), (Ids{263, 2, 262}));
    EXPECT_EQ(encode("first", "</s>ab"), (Ids{2, 262}));
    EXPECT_EQ(encode("always", "ab</s>ab"), (Ids{263, 2, 263}));
    EXPECT_EQ(encode("never", "ab ab"), (Ids{262, 263}));
    EXPECT_FALSE(Parse(document).AddsLeadingSpace());
    EXPECT_EQ(Parse(document).GetPreTokenizerKind(), PreTokenizerKind::SENTENCE_PIECE);
}

TEST(SentencePiece, SmolLmSplitsDigitsFirst)
{
    TokenizerTrainerSettings settings;
    settings.kind = PreTokenizerKind::GPT2;
    settings.vocabularySize = 300;
    settings.ignoreMerges = false;
    json document = json::parse(TrainTokenizer({"12 12 12 1212"}, settings));
    EXPECT_LT(Parse(document).Encode("1212", false).size(), 4U);
    UseDigits(document);
    EXPECT_EQ(Parse(document).Encode("1212", false).size(), 4U);
    EXPECT_EQ(Parse(document).GetGgufPreTokenizer(), "smollm");
    document["pre_tokenizer"]["pretokenizers"][0]["individual_digits"] = false;
    EXPECT_LT(Parse(document).Encode("1212", false).size(), 4U);
    EXPECT_EQ(Parse(document).GetGgufPreTokenizer(), "") << "llama.cpp has no name for it";
}

TEST(SentencePiece, RefusesWithFileAndField)
{
    const auto refused =
        [](const std::string& pointer, const json& value, const std::vector<std::string>& words) {
            json document = MakeDocument();
            document[json::json_pointer(pointer)] = value;
            auto all = words;
            all.insert(all.begin(), "t.json: ");
            ExpectError<std::runtime_error>([&] { Parse(document); }, all);
        };
    json lacking = MakeDocument();
    lacking["model"]["vocab"].erase("<0x0A>");
    ExpectError<std::runtime_error>([&] { Parse(lacking); }, {"t.json: ", "byte 10"});
    refused("/normalizer", {{"type", "Lowercase"}}, {"/normalizer/type", "Lowercase", "Replace"});
    refused("/normalizer/normalizers/1/pattern", {{"Regex", "x"}}, {"pattern/String", "missing"});
    refused("/normalizer/normalizers/1/pattern", {{"String", ""}}, {"pattern", "empty"});
    refused("/pre_tokenizer", {{"type", "ByteLevel"}}, {"/pre_tokenizer/type", "ByteLevel"});
    json marks{{"type", "Metaspace"}, {"replacement", SPACE_MARK}, {"split", true}};
    refused("/pre_tokenizer", marks, {"/pre_tokenizer/split", "got true"});
    marks["split"] = false;
    marks["prepend_scheme"] = "last";
    refused("/pre_tokenizer", marks, {"/pre_tokenizer/prepend_scheme", "last"});
    marks["replacement"] = "_";
    refused("/pre_tokenizer", marks, {"/pre_tokenizer/replacement", "U+2581"});
    refused("/decoder/decoders/0/content", "x", {"/decoder/decoders/0/pattern", "a blank"});
    refused("/decoder/decoders/3/start", 2, {"/decoder/decoders/3/start", "got 2"});
    refused("/decoder/decoders/3/content", "x", {"/decoder/decoders/3/content"});
    refused("/decoder/decoders/1/type", "CTC", {"/decoder/decoders/1/type", "CTC"});
}

} // namespace
