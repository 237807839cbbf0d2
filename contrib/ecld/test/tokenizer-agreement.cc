/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Writes tokenizers of all families, 10,000 strings, and our ids of them, for
// npm/tokenizer-agreement.mjs to judge.
//
//   tokenizer-agreement FOLDER [SOURCE...]
//
// The real strings come from what Debian's iso-codes puts below the sources, /usr/share/iso-codes
// and /usr/share/locale: names of countries and languages in some 150 languages. The others are
// random.

#include "base/output-file.h"
#include "format/input-file.h"
#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"
#include "format/unicode-text.h"
#include "sentence-piece-document.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;

constexpr std::size_t STRINGS = 10000;     //!< strings to judge
constexpr std::size_t REAL_STRINGS = 5000; //!< of them from files, where there are so many
constexpr std::size_t MAX_BYTES = 400;     //!< longest real string

/// Blocks that were full, or whose gaps were final, before Unicode 13: libraries of different ages
/// agree on their letters and digits.
constexpr std::array<std::pair<int32_t, int32_t>, 34> BLOCKS{
    {{0x0, 0x1f},      {0x20, 0x7e},     {0x20, 0x7e},       {0x7f, 0xff},      {0x100, 0x24f},
     {0x250, 0x2ff},   {0x300, 0x36f},   {0x391, 0x3a1},     {0x3a3, 0x3ff},    {0x400, 0x52f},
     {0x5d0, 0x5ea},   {0x610, 0x669},   {0x905, 0x939},     {0x93e, 0x96f},    {0xe01, 0xe3a},
     {0xe50, 0xe5b},   {0x10a0, 0x10c5}, {0x1100, 0x11ff},   {0x13a0, 0x13f5},  {0x1680, 0x169c},
     {0x1e00, 0x1eff}, {0x1f00, 0x1f15}, {0x2000, 0x2064},   {0x2070, 0x2071},  {0x2100, 0x218b},
     {0x2190, 0x23ff}, {0x3000, 0x303f}, {0x3041, 0x3096},   {0x4e00, 0x9fa5},  {0xac00, 0xd7a3},
     {0xe000, 0xe0ff}, {0xfe00, 0xfe0f}, {0x1d400, 0x1d454}, {0x1f600, 0x1f64f}}};

/// What tokenizers treat apart.
constexpr std::array<const char*, 24> SNIPPETS{"'s",
                                               "'LL",
                                               "'\u017f",
                                               "n't",
                                               " ",
                                               "   ",
                                               "\n",
                                               "\r\n\n",
                                               "\t \u3000",
                                               "\u0085",
                                               "\ufeff",
                                               "\u180e",
                                               "1234567",
                                               "\u0661\u0662\u0663\u0664",
                                               "e\u0301\u0323",
                                               "\u1112\u1161\u11ab",
                                               "\u212b\u2126\uf900",
                                               "<|begin_of_text|>",
                                               "<|end_of_text|>",
                                               "<|end",
                                               "camelCaseXMLHttp",
                                               "//!?",
                                               "\u01c5\u02b0\u00aa",
                                               "\U0001f468\u200d\U0001f469\u200d"};

/// @param random source @param size number of choices @return one of them
std::size_t
Choose(std::mt19937& random, std::size_t size)
{
    return random() % size;
}

/// @param random source @return a string of characters of one or several blocks, and snippets
std::string
MakeRandomString(std::mt19937& random)
{
    std::string text;
    auto block = BLOCKS[Choose(random, BLOCKS.size())];
    const bool mixes = Choose(random, 2) == 0;
    const std::size_t length = Choose(random, 60);
    for (std::size_t i = 0; i < length; ++i)
    {
        block = mixes ? BLOCKS[Choose(random, BLOCKS.size())] : block;
        if (Choose(random, 8) == 0)
        {
            text += SNIPPETS[Choose(random, SNIPPETS.size())];
            continue;
        }
        const auto count = static_cast<std::size_t>(block.second - block.first + 1);
        text += EncodeUtf8(block.first + static_cast<int32_t>(Choose(random, count)));
    }
    return text;
}

/// @param folders where to look, may be missing @return files of iso-codes: JSON and catalogues
std::vector<std::string>
FindRealFiles(const std::vector<std::string>& folders)
{
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    for (const auto& folder : folders)
    {
        std::error_code ignored;
        for (const auto& entry : fs::recursive_directory_iterator(folder, ignored))
        {
            if (entry.path().filename().string().rfind("iso_", 0) == 0)
            {
                files.push_back(entry.path().string());
            }
        }
    }
    return files;
}

/// @param folders where to look @return runs of text, each between zero bytes or ends of lines
std::vector<std::string>
ReadRealStrings(const std::vector<std::string>& folders)
{
    std::vector<std::string> strings;
    for (const auto& path : FindRealFiles(folders))
    {
        std::string run;
        for (const char c : ReadTextFile(path) + '\n')
        {
            if (c != '\0' && c != '\n')
            {
                run += c;
                continue;
            }
            if (run.size() > 3 && run.size() <= MAX_BYTES && !FindInvalidUtf8(run))
            {
                strings.push_back(run);
            }
            run.clear();
        }
    }
    std::sort(strings.begin(), strings.end());
    strings.erase(std::unique(strings.begin(), strings.end()), strings.end());
    return strings;
}

/// @param folder where the files go @param sources folders with real strings
void
Write(const std::string& folder, const std::vector<std::string>& sources)
{
    std::mt19937 random(20260101);
    auto strings = ReadRealStrings(sources);
    std::shuffle(strings.begin(), strings.end(), random);
    strings.resize(std::min(strings.size(), REAL_STRINGS));
    std::cout << strings.size() << " real strings, " << STRINGS - strings.size()
              << " random ones\n";
    // Half of the strings were seen in training, half of them not.
    std::vector<std::string> seen(strings.begin(),
                                  strings.begin() +
                                      static_cast<std::ptrdiff_t>(strings.size() / 2));
    while (strings.size() < STRINGS)
    {
        strings.push_back(MakeRandomString(random));
        if (strings.size() % 2 == 0)
        {
            seen.push_back(strings.back());
        }
    }
    base::WriteTextFile(folder + "/strings.json", json(strings).dump());

    TokenizerTrainerSettings llama;
    llama.vocabularySize = 6000;
    auto qwen = llama;
    qwen.kind = PreTokenizerKind::QWEN2;
    qwen.ignoreMerges = false;
    qwen.beginToken = "";
    auto tekken = llama;
    tekken.kind = PreTokenizerKind::TEKKEN;
    tekken.mergesAsPairs = true;
    auto gpt = llama;
    gpt.kind = PreTokenizerKind::GPT2;
    gpt.ignoreMerges = false;
    gpt.beginToken = "";
    json smol = json::parse(TrainTokenizer(seen, gpt));
    UseDigits(smol);
    const json pieces = MakeSentencePieceDocument(seen, 6000);
    json metaspace = pieces;
    UseMetaspace(metaspace);
    for (const auto& [name, document] : {std::pair("llama3", TrainTokenizer(seen, llama)),
                                         std::pair("qwen", TrainTokenizer(seen, qwen)),
                                         std::pair("tekken", TrainTokenizer(seen, tekken)),
                                         std::pair("smollm", smol.dump()),
                                         std::pair("llama2", pieces.dump()),
                                         std::pair("metaspace", metaspace.dump())})
    {
        const auto path = folder + "/" + name + ".tokenizer.json";
        base::WriteTextFile(path, document);
        const auto tokenizer = Tokenizer::Read(path);
        json ours = json::array();
        for (const auto& text : strings)
        {
            const auto ids = tokenizer.Encode(text, true);
            ours.push_back({{"ids", ids}, {"text", tokenizer.Decode(ids, false)}});
        }
        base::WriteTextFile(folder + "/" + name + ".ours.json", ours.dump());
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        if (argc < 2)
        {
            throw std::invalid_argument("usage: tokenizer-agreement FOLDER [SOURCE...]");
        }
        Write(argv[1], std::vector<std::string>(argv + 2, argv + argc));
    }
    catch (const std::exception& e)
    {
        std::cerr << e.what() << "\n";
        return 1;
    }
    return 0;
}
