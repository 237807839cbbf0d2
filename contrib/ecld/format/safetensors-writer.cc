/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "safetensors-writer.h"

#include "base/format-error.h"
#include "base/output-file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

constexpr std::size_t HEADER_ALIGNMENT = 8;   //!< the data begin at a multiple of this
constexpr std::size_t CHUNK_ELEMENTS = 65536; //!< floats converted at once
const char* const SINGLE_NAME = "model.safetensors";
const char* const INDEX_NAME = "model.safetensors.index.json";

/// A declared tensor.
struct Declared
{
    std::string name;           //!< its name
    DataType type;              //!< element type
    std::vector<int64_t> shape; //!< extents
    uint64_t sizeBytes;         //!< bytes
};

/// @param index counted from 0 @param count number of shards @return Hugging Face's file name
std::string
GetShardName(std::size_t index, std::size_t count)
{
    if (count == 1)
    {
        return SINGLE_NAME;
    }
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "model-%05zu-of-%05zu.safetensors", index + 1, count);
    return name.data();
}

/// @param name a file name, whose ending goes @param ending it @return whether the name had it
bool
CutEnding(std::string& name, const std::string& ending)
{
    const bool has = name.size() >= ending.size() &&
                     name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
    name.resize(has ? name.size() - ending.size() : name.size());
    return has;
}

/// @param name a file of the folder @return whether a checkpoint's writer made it
bool
IsCheckpointFile(std::string name)
{
    CutEnding(name, ".part");
    CutEnding(name, ".index.json");
    if (!CutEnding(name, ".safetensors"))
    {
        return false;
    }
    for (auto& c : name)
    {
        c = c >= '0' && c <= '9' ? '0' : c;
    }
    return name == "model" || name == "model-00000-of-00000";
}

/// @param tensor a tensor's name @param problem what is wrong with it
[[noreturn]] void
RefuseCall(const std::string& tensor, const std::string& problem)
{
    throw std::invalid_argument("safetensors: tensor '" + base::ShowInput(tensor) +
                                "': " + problem);
}

} // namespace

/// Files and turns.
struct SafetensorsWriter::Impl
{
    std::string folder;                         //!< where the files will be
    Settings settings;                          //!< how they are cut
    std::vector<Declared> declared;             //!< all tensors
    std::map<std::string, std::size_t> indices; //!< name to place in declared
    std::vector<std::size_t> firstOfShard;      //!< cuts, once planned
    std::vector<std::unique_ptr<base::OutputFile>>
        files;             //!< shards so far; all but the last closed
    std::size_t turn{0};   //!< tensor that is being written
    uint64_t turnBytes{0}; //!< its bytes so far

    /// Cut the tensors into shards: as many as fit, in order.
    void Plan()
    {
        uint64_t bytes = 0;
        for (std::size_t i = 0; i < declared.size(); ++i)
        {
            if (i == 0 || bytes + declared[i].sizeBytes > settings.maxShardBytes)
            {
                firstOfShard.push_back(i);
                bytes = 0;
            }
            bytes += declared[i].sizeBytes;
        }
        if (declared.empty())
        {
            firstOfShard.push_back(0); // a file without tensors
        }
    }

    /// @param shard a shard @return its first tensor, or the number of tensors behind the last
    std::size_t GetFirst(std::size_t shard) const
    {
        return shard < firstOfShard.size() ? firstOfShard[shard] : declared.size();
    }

    /// @param shard a shard @return its header with length
    std::string MakeHeader(std::size_t shard) const
    {
        nlohmann::ordered_json header = nlohmann::ordered_json::object();
        if (!settings.metadata.empty())
        {
            header["__metadata__"] = settings.metadata;
        }
        uint64_t offset = 0;
        for (std::size_t i = GetFirst(shard); i < GetFirst(shard + 1); ++i)
        {
            const auto& tensor = declared[i];
            header[tensor.name] = {{"dtype", GetName(tensor.type)},
                                   {"shape", tensor.shape},
                                   {"data_offsets", {offset, offset + tensor.sizeBytes}}};
            offset += tensor.sizeBytes;
        }
        std::string text = header.dump();
        text.append((HEADER_ALIGNMENT - text.size() % HEADER_ALIGNMENT) % HEADER_ALIGNMENT, ' ');
        std::string length;
        for (std::size_t i = 0; i < 8; ++i)
        {
            length += static_cast<char>(text.size() >> (8 * i) & 0xff);
        }
        return length + text;
    }

    /// Begin the shards up to the one that holds the current tensor.
    void OpenShards()
    {
        if (firstOfShard.empty())
        {
            Plan();
        }
        while (files.size() < firstOfShard.size() &&
               (files.empty() || turn >= firstOfShard[files.size()]))
        {
            if (!files.empty())
            {
                files.back()->Close();
            }
            const auto name = GetShardName(files.size(), firstOfShard.size());
            auto file = std::make_unique<base::OutputFile>((fs::path(folder) / name).string());
            const auto header = MakeHeader(files.size());
            file->Write(header.data(), header.size());
            files.push_back(std::move(file));
        }
    }

    /// Go past tensors that are complete.
    void Advance()
    {
        while (turn < declared.size() && turnBytes == declared[turn].sizeBytes)
        {
            ++turn;
            turnBytes = 0;
        }
    }

    /// @param name whose turn it should be @return the tensor
    const Declared& GetTurn(const std::string& name)
    {
        OpenShards();
        Advance();
        if (turn == declared.size() || declared[turn].name != name)
        {
            RefuseCall(name,
                       "not its turn, expected " +
                           (turn == declared.size()
                                ? "nothing more"
                                : "tensor '" + base::ShowInput(declared[turn].name) + "'"));
        }
        OpenShards();
        return declared[turn];
    }

    /// @return text of the index
    std::string MakeIndex() const
    {
        nlohmann::ordered_json weightMap = nlohmann::ordered_json::object();
        uint64_t bytes = 0;
        std::size_t shard = 0;
        for (std::size_t i = 0; i < declared.size(); ++i)
        {
            shard += i == GetFirst(shard + 1) ? 1 : 0;
            weightMap[declared[i].name] = GetShardName(shard, firstOfShard.size());
            bytes += declared[i].sizeBytes;
        }
        return nlohmann::ordered_json{{"metadata", {{"total_size", bytes}}},
                                      {"weight_map", weightMap}}
                   .dump(2) +
               "\n";
    }

    /// Remove what an earlier checkpoint left.
    void RemoveOthers() const
    {
        const std::size_t count = firstOfShard.size();
        std::error_code ignored; // what cannot be removed is not mixed in either: see Commit
        for (const auto& entry : fs::directory_iterator(folder, ignored))
        {
            const auto name = entry.path().filename().string();
            bool isOurs = count > 1 && name == INDEX_NAME;
            for (std::size_t i = 0; i < count; ++i)
            {
                isOurs = isOurs || name == GetShardName(i, count);
            }
            if (!isOurs && IsCheckpointFile(name))
            {
                fs::remove(entry.path(), ignored);
            }
        }
    }
};

SafetensorsWriter::SafetensorsWriter(const std::string& folder)
    : SafetensorsWriter(folder, Settings())
{
}

SafetensorsWriter::SafetensorsWriter(const std::string& folder, const Settings& settings)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->folder = folder;
    m_impl->settings = settings;
    if (settings.maxShardBytes == 0)
    {
        throw std::invalid_argument("safetensors: maxShardBytes 0, expected a number above 0");
    }
}

SafetensorsWriter::~SafetensorsWriter() = default;

void
SafetensorsWriter::Declare(const std::string& name,
                           DataType type,
                           const std::vector<int64_t>& shape)
{
    if (!m_impl->files.empty())
    {
        RefuseCall(name, "declared after the first data");
    }
    uint64_t bytes = GetSize(type);
    for (const auto extent : shape)
    {
        if (extent < 0 || (extent > 0 && bytes > std::numeric_limits<int64_t>::max() /
                                                     static_cast<uint64_t>(extent)))
        {
            RefuseCall(name,
                       "extent " + std::to_string(extent) + ", expected one from 0 that fits");
        }
        bytes *= static_cast<uint64_t>(extent);
    }
    if (name == "__metadata__" || !m_impl->indices.emplace(name, m_impl->declared.size()).second)
    {
        RefuseCall(name, name == "__metadata__" ? "a reserved name" : "declared twice");
    }
    m_impl->declared.push_back({name, type, shape, bytes});
}

void
SafetensorsWriter::Write(const std::string& name, const void* data, std::size_t sizeBytes)
{
    const auto it = m_impl->indices.find(name);
    if (it == m_impl->indices.end())
    {
        RefuseCall(name, "not declared");
    }
    if (sizeBytes == 0)
    {
        return; // an empty tensor has no turn
    }
    const auto& tensor = m_impl->GetTurn(name);
    if (sizeBytes > tensor.sizeBytes - m_impl->turnBytes)
    {
        RefuseCall(name,
                   std::to_string(m_impl->turnBytes + sizeBytes) + " bytes written, expected " +
                       std::to_string(tensor.sizeBytes));
    }
    m_impl->files.back()->Write(data, sizeBytes);
    m_impl->turnBytes += sizeBytes;
}

void
SafetensorsWriter::WriteFloats(const std::string& name, const float* values, std::size_t count)
{
    const auto it = m_impl->indices.find(name);
    if (it == m_impl->indices.end())
    {
        RefuseCall(name, "not declared");
    }
    const auto type = m_impl->declared[it->second].type;
    std::vector<std::byte> stored(std::min(count, CHUNK_ELEMENTS) * GetSize(type));
    std::vector<float> back(std::min(count, CHUNK_ELEMENTS));
    for (std::size_t done = 0; done < count; done += CHUNK_ELEMENTS)
    {
        const std::size_t chunk = std::min(CHUNK_ELEMENTS, count - done);
        FromFloat(type, values + done, chunk, stored.data());
        ToFloat(type, stored.data(), chunk, back.data());
        for (std::size_t i = 0; i < chunk; ++i)
        {
            if (!std::isfinite(back[i]))
            {
                base::ThrowFormatError(m_impl->folder,
                                       "tensor '" + base::ShowInput(name) + "'",
                                       "value " + std::to_string(values[done + i]) +
                                           " does not fit " + GetName(type));
            }
        }
        Write(name, stored.data(), chunk * GetSize(type));
    }
}

void
SafetensorsWriter::Commit()
{
    m_impl->OpenShards();
    m_impl->Advance();
    m_impl->OpenShards();
    if (m_impl->turn != m_impl->declared.size())
    {
        RefuseCall(m_impl->declared[m_impl->turn].name, "its data are not complete");
    }
    // A reader prefers the single file to the index. In this order it meets the old checkpoint, or
    // none, or the new one, wherever the process is killed, and never shards of two.
    const auto index = (fs::path(m_impl->folder) / INDEX_NAME).string();
    const bool isSharded = m_impl->files.size() > 1;
    std::error_code error;
    if (isSharded && !fs::remove(index, error) && error)
    {
        base::ThrowFormatError(index, "", "cannot be replaced (" + error.message() + ")");
    }
    for (const auto& file : m_impl->files)
    {
        file->Commit();
    }
    if (isSharded)
    {
        base::WriteTextFile(index, m_impl->MakeIndex());
        const auto single = (fs::path(m_impl->folder) / SINGLE_NAME).string();
        if (!fs::remove(single, error) && error)
        {
            base::ThrowFormatError(single, "", "cannot be replaced (" + error.message() + ")");
        }
    }
    m_impl->RemoveOthers();
}

} // namespace ecld
