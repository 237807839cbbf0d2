/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/model-config.h"
#include "require.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

/**
 * libFuzzer's entry: whatever the text, the reader gives a model that survives being written and
 * read, or a std::runtime_error of one short line. Any other exception ends the program.
 * @param data bytes of the document
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ecld::ModelConfig config;
    try
    {
        config =
            ecld::ParseModelConfig(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
    }
    catch (const std::runtime_error& e)
    {
        ecld::RequireGoodMessage(e);
        return 0;
    }
    const auto text = ecld::FormatModelConfig(config, "fuzz");
    const auto back = ecld::ParseModelConfig(text, "fuzz");
    ecld::Require(ecld::FormatModelConfig(back, "fuzz") == text, "written, read, written again");
    ecld::Require(config.layers > 64 || back.GetParameterCount() > 0, "parameters can be counted");
    return 0;
}
