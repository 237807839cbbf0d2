/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/tokenizer.h"
#include "require.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

/**
 * libFuzzer's entry: whatever the text, the reader gives a tokenizer whose ids are all in its
 * vocabulary, or a std::runtime_error of one short line. Any other exception ends the program.
 * @param data bytes of the document
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    static const std::string text =
        "The caf\u00e9, e\u0301t\u00e9's  12345<|end|>\n\n \u4e2d\u6587!";
    try
    {
        const auto tokenizer =
            ecld::Tokenizer::Parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
        std::vector<int32_t> ids;
        try
        {
            ids = tokenizer.Encode(text, true);
        }
        catch (const std::runtime_error& e)
        {
            // The file's expression may take too many steps.
            ecld::Require(std::string(e.what()).rfind("the tokenizer's pattern: ", 0) == 0,
                          "only a pattern may fail");
            return 0;
        }
        for (const auto id : ids)
        {
            ecld::Require(!tokenizer.GetToken(id).empty(), "ids are in the vocabulary");
        }
        tokenizer.Decode(ids, false);
        tokenizer.GetGgufPreTokenizer();
    }
    catch (const std::runtime_error& e)
    {
        ecld::RequireGoodMessage(e);
    }
    return 0;
}
