/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/safetensors.h"
#include "require.h"

#include <cstddef>
#include <cstdint>
#include <stdexcept>

/**
 * libFuzzer's entry: whatever the bytes, the reader gives tensors that lie one behind the other
 * within them, or a std::runtime_error of one short line. Any other exception ends the program.
 * @param data bytes of the file
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    try
    {
        const auto content = ecld::ParseSafetensors(bytes, size, "fuzz");
        const auto* end = bytes + size;
        for (auto tensor = content.tensors.rbegin(); tensor != content.tensors.rend(); ++tensor)
        {
            const auto* tensorEnd = tensor->data + tensor->sizeBytes;
            // One of a type that we lack may lie in between.
            ecld::Require(content.others.empty() ? tensorEnd == end : tensorEnd <= end,
                          "tensors cover the data");
            end = tensor->data;
            int64_t count = 1;
            for (const auto extent : tensor->shape)
            {
                count *= extent;
            }
            ecld::Require(count == tensor->GetCount(), "bytes and shape agree");
        }
        ecld::Require(end >= bytes + 8, "the data begin behind the header");
    }
    catch (const std::runtime_error& e)
    {
        ecld::RequireGoodMessage(e);
    }
    return 0;
}
