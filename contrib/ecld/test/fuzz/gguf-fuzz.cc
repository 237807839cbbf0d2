/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "format/gguf-file.h"
#include "format/gguf-writer.h"
#include "require.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace
{

/// @return a path of this process alone
std::string
MakePath()
{
    return (std::filesystem::temp_directory_path() /
            ("gguf-fuzz-" + std::to_string(getpid()) + ".gguf"))
        .string();
}

/// Write what has been read, read it again, and compare. @param content what has been read
void
RequireRoundTrip(const ecld::GgufContent& content)
{
    static const std::string path = MakePath();
    ecld::GgufMetadata written;
    {
        ecld::GgufWriter writer(path);
        for (const auto& [key, value] : content.metadata)
        {
            try
            {
                writer.AddMetadata(key, value);
                written.emplace_back(key, value);
            }
            catch (const std::invalid_argument&)
            {
                // The writer is stricter: keys in lower case, texts in UTF-8, finite numbers.
            }
        }
        std::vector<const ecld::GgufTensor*> tensors;
        for (const auto& tensor : content.tensors)
        {
            try
            {
                writer.Declare(tensor.name, tensor.type, tensor.shape);
                tensors.push_back(&tensor);
            }
            catch (const std::invalid_argument&)
            {
                // names in UTF-8
            }
        }
        for (const auto* tensor : tensors)
        {
            writer.Write(tensor->name, tensor->data, tensor->sizeBytes);
        }
        writer.Commit();
    }
    const ecld::GgufFile file(path);
    ecld::Require(file.GetMetadata() == written, "metadata survive");
    for (const auto& tensor : file.GetTensors())
    {
        for (const auto& original : content.tensors)
        {
            ecld::Require(original.name != tensor.name ||
                              (original.shape == tensor.shape && original.type == tensor.type &&
                               original.sizeBytes == tensor.sizeBytes &&
                               std::memcmp(original.data, tensor.data, tensor.sizeBytes) == 0),
                          "tensors survive");
        }
    }
    std::filesystem::remove(path);
}

} // namespace

/**
 * libFuzzer's entry: whatever the bytes, the reader gives metadata and tensors that survive being
 * written and read, or a std::runtime_error of one short line. Any other exception ends the
 * program.
 * @param data bytes of the file
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ecld::GgufContent content;
    try
    {
        content = ecld::ParseGguf(reinterpret_cast<const std::byte*>(data), size, "fuzz");
    }
    catch (const std::runtime_error& e)
    {
        ecld::RequireGoodMessage(e);
        return 0;
    }
    RequireRoundTrip(content);
    return 0;
}
