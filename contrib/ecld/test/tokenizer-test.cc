/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "expect-error.h"
#include "format/byte-alphabet.h"
#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"
#include "format/unicode-text.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;

using Ids = std::vector<int32_t>;

/// @return a tokenizer.json of the Llama-3 kind: the bytes, "ab" = 256, "abc" = 257, "xyz" = 258
/// without a merge, two special tokens
json
MakeDocument()
{
    json vocabulary;
    for (int byte = 0; byte < 256; ++byte)
    {
        vocabulary[GetByteCharacter(static_cast<unsigned char>(byte))] = byte;
    }
    vocabulary["ab"] = 256;
    vocabulary["abc"] = 257;
    vocabulary["xyz"] = 258;
    const json begin{{"id", 259}, {"content", "<begin>"}, {"special", true}};
    const json end{{"id", 260}, {"content", "<end>"}, {"special", true}};
    const json split{{"type", "Split"},
                     {"pattern", {{"Regex", GetSplitPattern(PreTokenizerKind::LLAMA3)}}},
                     {"behavior", "Isolated"},
                     {"invert", false}};
    const json bytes{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}};
    const auto special = [](const char* name) {
        return json{{"SpecialToken", {{"id", name}, {"type_id", 0}}}};
    };
    const json processing{
        {"type", "TemplateProcessing"},
        {"single",
         json::array({special("<begin>"),
                      {{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
                      special("<end>")})},
        {"special_tokens",
         {{"<begin>", {{"id", "<begin>"}, {"ids", {259}}, {"tokens", {"<begin>"}}}},
          {"<end>", {{"id", "<end>"}, {"ids", {260}}, {"tokens", {"<end>"}}}}}}};
    return {
        {"added_tokens", json::array({begin, end})},
        {"normalizer", nullptr},
        {"pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", json::array({split, bytes})}}},
        {"post_processor", processing},
        {"decoder", {{"type", "ByteLevel"}}},
        {"model",
         {{"type", "BPE"},
          {"ignore_merges", false},
          {"vocab", vocabulary},
          {"merges", json::array({"a b", "ab c"})}}}};
}

/// @param document a tokenizer.json @return the tokenizer
Tokenizer
Parse(const json& document)
{
    return Tokenizer::Parse(document.dump(), "t.json");
}

TEST(Tokenizer, EncodesAndDecodes)
{
    const auto tokenizer = Parse(MakeDocument());
    EXPECT_EQ(tokenizer.GetVocabularySize(), 261);
    EXPECT_EQ(tokenizer.Encode("abcab b", false), (Ids{257, 256, ' ', 'b'}));
    EXPECT_EQ(tokenizer.Encode("ab", true), (Ids{259, 256, 260}));
    EXPECT_EQ(tokenizer.Encode("", true), (Ids{259, 260}));
    EXPECT_EQ(tokenizer.Encode("xyz", false), (Ids{'x', 'y', 'z'}));
    EXPECT_EQ(tokenizer.Encode("a<end>b", false), (Ids{'a', 260, 'b'}));
    EXPECT_EQ(tokenizer.Decode({259, 257, 260}), "abc");
    EXPECT_EQ(tokenizer.Decode({259, 257, 260}, false), "<begin>abc<end>");
    EXPECT_EQ(tokenizer.Decode({0xc3, 0xa9}), "\u00e9");
    EXPECT_EQ(tokenizer.Decode({0xc3}), "\xc3") << "bytes that are no UTF-8 are kept";
    EXPECT_EQ(tokenizer.GetTokenBytes(257), "abc");
    EXPECT_EQ(tokenizer.GetTokenBytes(' '), " ");
    EXPECT_EQ(tokenizer.GetToken(' '), "\u0120");
    EXPECT_EQ(tokenizer.FindId("abc"), 257);
    EXPECT_FALSE(tokenizer.FindId("abcd"));
    EXPECT_EQ(tokenizer.GetMerges(), (std::vector<std::string>{"a b", "ab c"}));
    EXPECT_EQ(tokenizer.GetAddedTokens().size(), 2U);
    EXPECT_TRUE(tokenizer.FindAddedToken(259)->special);
    EXPECT_EQ(tokenizer.FindAddedToken(7), nullptr);
    EXPECT_EQ(tokenizer.GetPrefixIds(), Ids{259});
    EXPECT_EQ(tokenizer.GetSuffixIds(), Ids{260});
    EXPECT_EQ(tokenizer.GetPreTokenizerKind(), PreTokenizerKind::LLAMA3);
    EXPECT_EQ(tokenizer.GetGgufPreTokenizer(), "llama-bpe");
}

TEST(Tokenizer, WholeWordsWinWhereMergesAreIgnored)
{
    auto document = MakeDocument();
    document["model"]["ignore_merges"] = true;
    EXPECT_EQ(Parse(document).Encode("xyz", false), Ids{258});
    EXPECT_EQ(Parse(document).Encode("xyzx", false), (Ids{'x', 'y', 'z', 'x'}));
}

TEST(Tokenizer, TakesMergesAsPairs)
{
    auto document = MakeDocument();
    document["model"]["merges"] = json::array({{"a", "b"}, {"ab", "c"}});
    EXPECT_EQ(Parse(document).Encode("abc", false), Ids{257});
    EXPECT_EQ(Parse(document).GetMerges(), (std::vector<std::string>{"a b", "ab c"}));
}

TEST(Tokenizer, AddedTokensTakeWhatTheyAreToldTo)
{
    auto document = MakeDocument();
    document["added_tokens"].push_back(
        {{"id", 261}, {"content", "STRIP"}, {"lstrip", true}, {"rstrip", true}});
    document["added_tokens"].push_back({{"id", 262}, {"content", "word"}, {"single_word", true}});
    document["added_tokens"].push_back({{"id", 263}, {"content", "<end><end>"}});
    const auto tokenizer = Parse(document);
    EXPECT_EQ(tokenizer.Encode("a \u3000STRIP\n b", false), (Ids{'a', 261, 'b'}));
    EXPECT_EQ(tokenizer.Encode(" STRIP STRIP ", false), (Ids{261, 261}));
    EXPECT_EQ(tokenizer.Encode("a\u0085STRIP\u0085b", false), (Ids{'a', 261, 'b'}));
    EXPECT_EQ(tokenizer.Encode("word,word", false), (Ids{262, ',', 262}));
    EXPECT_EQ(tokenizer.Encode("swords", false), (Ids{'s', 'w', 'o', 'r', 'd', 's'}));
    EXPECT_EQ(tokenizer.Encode("<end><end>", false), (Ids{260, 260}))
        << "tokens of the raw text come first";
    // Of two that begin alike the longer one is found, whichever comes first in the file.
    for (const auto& [first, second] :
         {std::pair<const char*, const char*>{"<en", "<end><"}, {"<end><", "<en"}})
    {
        auto alike = MakeDocument();
        alike["added_tokens"].push_back({{"id", 261}, {"content", first}, {"special", true}});
        alike["added_tokens"].push_back({{"id", 262}, {"content", second}, {"special", true}});
        const int32_t longer = std::string(first).size() > 3 ? 261 : 262;
        EXPECT_EQ(Parse(alike).Encode("<end><end>", false), (Ids{longer, 'e', 'n', 'd', '>'}));
        EXPECT_EQ(Parse(alike).Encode("<end>", false), Ids{260});
    }
}

TEST(Tokenizer, NormalisesBetweenAddedTokens)
{
    auto document = MakeDocument();
    document["normalizer"] = {{"type", "NFC"}};
    document["added_tokens"].push_back(
        {{"id", 261}, {"content", "e\u0301!"}, {"normalized", false}});
    document["added_tokens"].push_back(
        {{"id", 262}, {"content", "u\u0308?"}, {"normalized", true}});
    const auto tokenizer = Parse(document);
    EXPECT_EQ(tokenizer.Encode("e\u0301", false), (Ids{0xc3, 0xa9})) << "e with acute, composed";
    EXPECT_EQ(tokenizer.Encode("e\u0301!", false), Ids{261}) << "found before";
    EXPECT_EQ(tokenizer.Encode("\u00fc?", false), Ids{262}) << "found after";
    // UAX 15: composition exclusions, order of marks, Hangul.
    EXPECT_EQ(tokenizer.Decode(tokenizer.Encode("\u0958 q\u0307\u0323 \u1112\u1161\u11ab", false)),
              "\u0915\u093c q\u0323\u0307 \ud55c");
    EXPECT_EQ(tokenizer.GetPreTokenizerKind(), PreTokenizerKind::OTHER)
        << "Llama 3 does not normalise";
}

// Expected is what Python's bytes.decode("utf-8", "replace") gives, U+FFFD shown as ?.
TEST(UnicodeText, ReplacesWhatIsNoUtf8)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", ""},
        {"caf\u00e9", "caf\u00e9"},
        {std::string("a\0b", 3), std::string("a\0b", 3)},
        {"\x80", "?"},
        {"a\xc3", "a?"},
        {"\xe4\xb8", "?"},
        {"\u4e2dx\xe6\x96", "\u4e2dx?"},
        {"\xf0\x9f\x98", "?"},
        {"\xe0\x80\x80", "???"},
        {"\xed\xa0\x80", "???"},
        {"\xf4\x90\x80\x80", "????"},
        {"\xf0\x80\x80"
         "A",
         "???A"},
        {"\xc0\xaf", "??"},
        {"\xff\xfe", "??"},
        {"a\xf1\x80\x80\xe1\x80\xc2"
         "b\x80"
         "c\x80\xbf"
         "d",
         "a???b?c??d"},
    };
    for (const auto& [bytes, expected] : cases)
    {
        std::string shown = ReplaceInvalidUtf8(bytes);
        for (auto place = shown.find("\ufffd"); place != std::string::npos;
             place = shown.find("\ufffd"))
        {
            shown.replace(place, 3, "?");
        }
        EXPECT_EQ(shown, expected);
    }
}

TEST(Tokenizer, RefusesTextThatIsNoUtf8)
{
    const auto tokenizer = Parse(MakeDocument());
    for (const auto* text :
         {"ab\xff", "ab\xc3", "ab\xed\xa0\x80", "ab\xc0\x80", "ab\xf4\x90\x80\x80"})
    {
        ExpectError<std::runtime_error>([&] { tokenizer.Encode(text, false); },
                                        {"byte 2", "UTF-8"});
    }
    ExpectError<std::invalid_argument>([&] { tokenizer.Decode({261}); }, {"261"});
    ExpectError<std::invalid_argument>([&] { tokenizer.Decode({-1}); }, {"-1"});
}

TEST(Tokenizer, RefusesWithFileAndField)
{
    const auto refused =
        [](const std::string& pointer, const json& value, const std::vector<std::string>& words) {
            auto document = MakeDocument();
            document[json::json_pointer(pointer)] = value;
            auto all = words;
            all.insert(all.begin(), "t.json: ");
            ExpectError<std::runtime_error>([&] { Parse(document); }, all);
        };
    refused("/model/type", "Unigram", {"/model/type", "Unigram", "BPE"});
    refused("/model/merges/0", "a", {"/model/merges/0"});
    refused("/model/merges/0", "a b c", {"/model/merges/0"});
    refused("/model/merges/0", json::array({"a", "b c"}), {"/model/merges/0"});
    refused("/model/merges/0", "a c", {"/model/merges/0", "'ac'", "not in the vocabulary"});
    refused("/model/vocab/ab", "x", {"/model/vocab/ab", "a token id"});
    refused("/model/vocab/ab", -1, {"/model/vocab/ab", "a token id"});
    refused("/model/vocab/ab", 3, {"/model/vocab", "id 3", "already"});
    refused("/model/vocab/ab", 100000, {"/model/vocab/ab", "hole"});
    refused("/model/vocab", json::object(), {"/model/vocab", "byte 0"});
    refused("/model/vocab/", 261, {"/model/vocab", "empty"});
    refused("/model/byte_fallback", true, {"/model/vocab", "byte 0"});
    refused("/model/end_of_word_suffix", "</w>", {"/model/end_of_word_suffix"});
    refused("/added_tokens/0/id", 260, {"/added_tokens/1", "260"});
    refused("/added_tokens/0/id", 7, {"/added_tokens/0", "id 7"});
    refused("/added_tokens/0/content", "", {"/added_tokens/0", "empty"});
    refused("/added_tokens/0/content", "ab", {"/added_tokens/0", "'ab'", "256"});
    refused("/normalizer", {{"type", "Lowercase"}}, {"/normalizer/type", "Lowercase", "NFC"});
    refused("/normalizer", {{"type", 3}}, {"/normalizer/type", "got 3"});
    refused("/pre_tokenizer", {{"type", "Whitespace"}}, {"/pre_tokenizer/type", "Whitespace"});
    refused("/pre_tokenizer", nullptr, {"/pre_tokenizer"});
    refused("/pre_tokenizer/pretokenizers/0/pattern/Regex",
            "(",
            {"/pre_tokenizer/pretokenizers/0/pattern/Regex", "not a pattern"});
    refused("/pre_tokenizer/pretokenizers/0/behavior",
            "MergedWithNext",
            {"/pre_tokenizer/pretokenizers/0/behavior", "MergedWithNext"});
    refused("/pre_tokenizer/pretokenizers/1/add_prefix_space", true, {"add_prefix_space"});
    refused("/pre_tokenizer/pretokenizers", json::array(), {"/pre_tokenizer", "ByteLevel"});
    refused("/post_processor/type", "BertProcessing", {"/post_processor/type", "BertProcessing"});
    refused("/post_processor/single/0/SpecialToken/id", "<x>", {"special_tokens/<x>", "missing"});
    refused("/post_processor/special_tokens/<begin>/ids/0", 999, {"ids", "999"});
    refused("/post_processor/single", json::array(), {"/post_processor/single", "Sequence"});
    refused("/decoder/type", "WordPiece", {"/decoder/type", "WordPiece"});

    ExpectError<std::runtime_error>([] { Tokenizer::Parse("", "t.json"); }, {"t.json: "});
    ExpectError<std::runtime_error>([] { Tokenizer::Parse("[]", "t.json"); }, {"an array"});
    ExpectError<std::runtime_error>([] { Tokenizer::Parse("{\"a\":\"\xff\"}", "t.json"); },
                                    {"t.json: ", "UTF-8"});
    ExpectError<std::runtime_error>(
        [] { Tokenizer::Parse("{\"model\":" + std::string(200000, '['), "t.json"); },
        {"t.json: ", "too deep"});
    ExpectError<std::runtime_error>(
        [] { Tokenizer::Parse("{\"model\":{\"vocab\":{\"a\":1,\"a\":2}}}", "t.json"); },
        {"t.json: ", "'a'", "twice"});
    ExpectError<std::runtime_error>([] { Tokenizer::Read("/nowhere"); }, {"/nowhere", "no such"});
}

TEST(Tokenizer, VocabularyMustFitTheModel)
{
    const auto tokenizer = Parse(MakeDocument());
    CheckVocabulary(tokenizer, 261, "model");
    CheckVocabulary(tokenizer, 512, "model");
    ExpectError<std::runtime_error>([&] { CheckVocabulary(tokenizer, 260, "model"); },
                                    {"model: vocab_size", "260"});
}

} // namespace
