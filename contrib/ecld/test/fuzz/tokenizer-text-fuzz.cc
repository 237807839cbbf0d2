/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/tokenizer-trainer.h"
#include "format/tokenizer.h"
#include "format/unicode-text.h"
#include "require.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace
{

/// @param kind a family @return a small tokenizer of it
ecld::Tokenizer
Train(ecld::PreTokenizerKind kind)
{
    ecld::TokenizerTrainerSettings settings;
    settings.vocabularySize = 300;
    settings.kind = kind;
    return ecld::Tokenizer::Parse(
        ecld::TrainTokenizer({"the other brother and the other mother, 1000 of them 1000 times",
                              "\u4e2d\u6587 \u4e2d\u6587 caf\u00e9 caf\u00e9s   \n\n   \n\n"},
                             settings),
        "trained");
}

} // namespace

/**
 * libFuzzer's entry: a text comes back from its ids, normalised where the family does so; what is
 * no UTF-8 is refused, or replaced.
 * @param data bytes of the text
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    static const std::array<ecld::Tokenizer, 3> tokenizers{Train(ecld::PreTokenizerKind::LLAMA3),
                                                           Train(ecld::PreTokenizerKind::QWEN2),
                                                           Train(ecld::PreTokenizerKind::TEKKEN)};
    const std::string text(reinterpret_cast<const char*>(data), size);
    const bool isUtf8 = !ecld::FindInvalidUtf8(text);
    const std::string replaced = ecld::ReplaceInvalidUtf8(text);
    ecld::Require(!ecld::FindInvalidUtf8(replaced), "what is replaced is UTF-8");
    ecld::Require(!isUtf8 || replaced == text, "what is UTF-8 stays");
    for (const auto& tokenizer : tokenizers)
    {
        try
        {
            const auto back = tokenizer.Decode(tokenizer.Encode(text, false), false);
            ecld::Require(isUtf8, "what is no UTF-8 is refused");
            const bool normalizes =
                tokenizer.GetPreTokenizerKind() == ecld::PreTokenizerKind::QWEN2;
            // Between special tokens, that is: each part is normalised on its own.
            const bool isWhole = text.find("<|") == std::string::npos;
            ecld::Require(normalizes ? !isWhole || back == ecld::NormalizeNfc(text) : back == text,
                          "the text comes back");
        }
        catch (const std::runtime_error& e)
        {
            ecld::Require(!isUtf8, "only what is no UTF-8 is refused");
            ecld::Require(std::string(e.what()).rfind("text to encode: byte ", 0) == 0,
                          "the message names the byte");
        }
    }
    return 0;
}
