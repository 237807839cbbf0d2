/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Writes a GGUF file with every type of value and tensor, and what is in it, for
// npm/gguf-agreement.mjs to judge.
//
//   gguf-agreement FOLDER

#include "base/output-file.h"
#include "format/gguf-writer.h"

#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;

/// @param value a value @return as the other side shows it: 64-bit numbers as texts
template <typename Value>
json
Show(const Value& value)
{
    if constexpr (std::is_same_v<Value, uint64_t> || std::is_same_v<Value, int64_t>)
    {
        return std::to_string(value);
    }
    else if constexpr (std::is_same_v<Value, float>)
    {
        return static_cast<double>(value); // the other side has doubles only
    }
    else
    {
        return value;
    }
}

/// @param values an array @return as the other side shows it
template <typename Value>
json
Show(const std::vector<Value>& values)
{
    json shown = json::array();
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        shown.push_back(Show(static_cast<const Value&>(values[i])));
    }
    return shown;
}

/// @return every type of value, with its limits; 130,000 texts, so that the reader reads in chunks
GgufMetadata
MakeMetadata()
{
    GgufMetadata metadata{{"general.architecture", std::string("llama")},
                          {"a.u8", uint8_t{255}},
                          {"a.i8", int8_t{-128}},
                          {"a.u16", uint16_t{65535}},
                          {"a.i16", int16_t{-32768}},
                          {"a.u32", uint32_t{4294967295}},
                          {"a.i32", std::numeric_limits<int32_t>::min()},
                          {"a.f32", 0.1F},
                          {"a.bool", true},
                          {"a.u64", std::numeric_limits<uint64_t>::max()},
                          {"a.i64", std::numeric_limits<int64_t>::min()},
                          {"a.f64", 0.1},
                          {"b.u8", std::vector<uint8_t>{1, 2}},
                          {"b.i16", std::vector<int16_t>{3, -3}},
                          {"b.i32", std::vector<int32_t>{1, -1, 0}},
                          {"b.f32", std::vector<float>{1.5F, 2}},
                          {"b.bool", std::vector<bool>{true, false, true}},
                          {"b.u64", std::vector<uint64_t>{1, uint64_t{1} << 60}}};
    std::vector<std::string> tokens;
    for (int i = 0; i < 130000; ++i)
    {
        tokens.push_back("\u0120token" + std::to_string(i));
    }
    metadata.emplace_back("tokenizer.ggml.tokens", tokens);
    return metadata;
}

/// @param folder where the files go
void
Write(const std::string& folder)
{
    // Numbers of the format's types, in the order of GgufValue.
    constexpr std::array<int, 12> types{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12};
    constexpr int arrayType = 9;
    const auto path = folder + "/agreement.gguf";
    json expected{{"metadata", json::array()}, {"tensors", json::array()}};
    GgufWriter writer(path);
    for (const auto& [key, value] : MakeMetadata())
    {
        writer.AddMetadata(key, value);
        const bool isArray = value.index() >= types.size();
        const int type = types[value.index() % types.size()];
        expected["metadata"].push_back(
            {{"key", key},
             {"type", isArray ? arrayType : type},
             {"subType", isArray ? json(type) : json()},
             {"value", std::visit([](const auto& content) { return Show(content); }, value)}});
    }
    std::vector<std::pair<std::string, std::string>> data;
    std::size_t offset = 0;
    for (uint32_t number = 0; number < 64; ++number)
    {
        if (!IsGgufType(number))
        {
            continue;
        }
        const auto type = static_cast<GgufType>(number);
        const int64_t row = 3 * GetBlockElements(type);
        data.emplace_back(std::string("blk.0.") + GetName(type),
                          std::string(15 * GetBlockBytes(type), 'x'));
        writer.Declare(data.back().first, type, {5, row});
        expected["tensors"].push_back({{"name", data.back().first},
                                       {"shape", {row, 5}},
                                       {"type", number},
                                       {"offset", offset}});
        offset = (offset + data.back().second.size() + 31) / 32 * 32;
    }
    for (const auto& [name, bytes] : data)
    {
        writer.Write(name, bytes.data(), bytes.size());
    }
    writer.Commit();
    // The data part ends with the file; its tensors are padded.
    expected["dataOffset"] = std::filesystem::file_size(path) - offset;
    base::WriteTextFile(folder + "/agreement.json", expected.dump());
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        if (argc != 2)
        {
            throw std::invalid_argument("usage: gguf-agreement FOLDER");
        }
        Write(argv[1]);
    }
    catch (const std::exception& e)
    {
        std::cerr << e.what() << "\n";
        return 1;
    }
    return 0;
}
