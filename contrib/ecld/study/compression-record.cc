/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compression-record.h"

#include "base/hash.h"
#include "base/output-file.h"
#include "format/gguf-file.h"
#include "format/input-file.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// What the keys of a record begin with in a GGUF file.
const std::string KEY_PREFIX = "ecld.";

/// File of a record in the folder of a model: lines of key, blank, value.
constexpr const char* RECORD_FILE = "compression.txt";

/// Bytes that are hashed together, and how often in a tensor at most, so that the hash of a model
/// of 16 GB reads 80 MB.
constexpr std::size_t PAGE_BYTES = 4096;
constexpr std::size_t PAGES_PER_TENSOR = 64;

std::string
FormatHash(uint64_t hash)
{
    std::ostringstream text;
    text << std::hex << std::setfill('0') << std::setw(16) << hash;
    return text.str();
}

uint64_t
HashText(const std::string& text, uint64_t hash)
{
    return base::HashBytes(text.data(), text.size(), hash);
}

/// @param view a tensor @param hash of what came before @return with pages of it, the first and the
/// last among them
uint64_t
HashPages(const TensorView& view, uint64_t hash)
{
    const std::size_t pages = (view.sizeBytes + PAGE_BYTES - 1) / PAGE_BYTES;
    const std::size_t taken = std::min(pages, PAGES_PER_TENSOR);
    for (std::size_t i = 0; i < taken; ++i)
    {
        const std::size_t page = taken > 1 ? i * (pages - 1) / (taken - 1) : 0;
        const std::size_t first = page * PAGE_BYTES;
        hash =
            base::HashBytes(view.data + first, std::min(PAGE_BYTES, view.sizeBytes - first), hash);
    }
    return hash;
}

void
WriteFolderRecord(const fs::path& folder, const CompressionRecord& record)
{
    std::string text;
    for (const auto& [key, value] : record)
    {
        text += key + " " + value + "\n";
    }
    base::WriteTextFile((folder / RECORD_FILE).string(), text);
}

/// @param folder of a model @return what it says, empty where it says nothing
CompressionRecord
ReadFolderRecord(const fs::path& folder)
{
    CompressionRecord record;
    if (!fs::exists(folder / RECORD_FILE))
    {
        return record;
    }
    std::istringstream lines(ReadTextFile((folder / RECORD_FILE).string()));
    for (std::string line; std::getline(lines, line);)
    {
        const std::size_t blank = line.find(' ');
        if (blank != std::string::npos)
        {
            record[line.substr(0, blank)] = line.substr(blank + 1);
        }
    }
    return record;
}

} // namespace

std::string
HashModel(const ModelConfig& config,
          const Tokenizer& tokenizer,
          const CompanionFiles& companions,
          const SafetensorsCheckpoint& checkpoint)
{
    uint64_t hash = HashText(FormatModelConfig(config, "model"), base::hashBasis);
    hash = HashText(tokenizer.GetDocument(), hash);
    for (const auto& [name, text] : companions.documents)
    {
        hash = HashText(text, HashText(name, hash));
    }
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        const TensorView& view = checkpoint.GetFloating(tensor.name, tensor.shape);
        hash = HashPages(view, HashText(GetName(view.type), hash));
        checkpoint.Release(tensor.name);
    }
    return FormatHash(hash);
}

std::string
HashTexts(const std::string& path)
{
    return FormatHash(HashText(ReadSeparatedText(path), base::hashBasis));
}

CompressionRecord
MakeRecord(const std::vector<RecordedSetting>& settings)
{
    CompressionRecord record;
    for (const RecordedSetting& setting : settings)
    {
        record[setting.key] = setting.value;
    }
    return record;
}

GgufMetadata
MakeRecordMetadata(const CompressionRecord& record)
{
    GgufMetadata metadata;
    for (const auto& [key, value] : record)
    {
        metadata.emplace_back(KEY_PREFIX + key, value);
    }
    return metadata;
}

CompressionRecord
ReadGgufRecord(const std::string& path)
{
    const GgufFile file(path);
    CompressionRecord record;
    for (const auto& [key, value] : file.GetMetadata())
    {
        const std::string* const text = std::get_if<std::string>(&value);
        if (text && key.rfind(KEY_PREFIX, 0) == 0)
        {
            record[key.substr(KEY_PREFIX.size())] = *text;
        }
    }
    return record;
}

void
RequireSameSettings(const std::string& path,
                    const CompressionRecord& record,
                    const std::vector<RecordedSetting>& settings,
                    const std::string& outputFlag)
{
    const std::string advice = "; remove it, or name another " + outputFlag;
    if (record.empty())
    {
        throw std::runtime_error(path + ": does not say what it was made with" + advice);
    }
    std::string differences;
    for (const RecordedSetting& setting : settings)
    {
        const auto found = record.find(setting.key);
        const std::string there = found == record.end() ? "unknown" : found->second;
        if (there != setting.value)
        {
            differences += (differences.empty() ? " " : ", ") + setting.flags + " " + setting.key +
                           " " + there + " there and " + setting.value + " here";
        }
    }
    if (!differences.empty())
    {
        throw std::runtime_error(path + ": was made with other settings:" + differences + advice);
    }
}

void
RequireNoOtherModel(const std::string& folder,
                    const std::string& prefix,
                    const RecordedSetting& model)
{
    std::error_code error; // a folder that is not there has no such files
    for (const auto& entry : fs::directory_iterator(folder, error))
    {
        const std::string name = entry.path().filename().string();
        if (name.rfind(prefix, 0) != 0 || entry.path().extension() != ".gguf")
        {
            continue;
        }
        const CompressionRecord record = ReadGgufRecord(entry.path().string());
        if (record.count(model.key))
        {
            RequireSameSettings(entry.path().string(), record, {model});
        }
    }
}

CompressionRecord
ClaimFolder(const std::string& folder,
            const std::vector<RecordedSetting>& settings,
            const CompressionRecord& decisions)
{
    CompressionRecord record = ReadFolderRecord(folder);
    if (record.empty() && !fs::exists(fs::path(folder) / "config.json"))
    {
        record = MakeRecord(settings);
        record.insert(decisions.begin(), decisions.end());
        WriteFolderRecord(folder, record);
        return record;
    }
    RequireSameSettings(folder, record, settings);
    return record;
}

} // namespace ecld
