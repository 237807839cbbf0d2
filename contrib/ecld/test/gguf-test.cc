/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "expect-error.h"
#include "format/gguf-file.h"
#include "format/gguf-writer.h"
#include "format/gguf.h"
#include "temporary-folder.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;

/// Puts a file together by the format's description, value by value.
struct Bytes
{
    std::string text; //!< the file so far

    /// @param value little-endian @return itself
    template <typename Value>
    Bytes& Put(Value value)
    {
        text.append(reinterpret_cast<const char*>(&value), sizeof(value));
        return *this;
    }

    /// @param value a text behind its length @return itself
    Bytes& PutText(const std::string& value)
    {
        Put<uint64_t>(value.size());
        text += value;
        return *this;
    }

    /// @param alignment bytes @return itself, with zeros up to a multiple of them
    Bytes& Pad(std::size_t alignment = 32)
    {
        text.append((alignment - text.size() % alignment) % alignment, '\0');
        return *this;
    }
};

/// @param tensors number of tensors @param keys number of keys @return the first bytes of a file
Bytes
Begin(uint64_t tensors, uint64_t keys)
{
    Bytes bytes{"GGUF"};
    return bytes.Put<uint32_t>(3).Put<uint64_t>(tensors).Put<uint64_t>(keys);
}

/// @param bytes a file @return what it holds; it points into the bytes
GgufContent
Parse(const std::string& bytes)
{
    return ParseGguf(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "f");
}

/// @param bytes a file that is wrong @param words what the message must contain
void
ExpectRefused(const std::string& bytes, std::vector<std::string> words)
{
    words.insert(words.begin(), "f: ");
    // Bounds are seen by the sanitizers only in memory of the exact size.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    ExpectError<std::runtime_error>(
        [&exact] {
            ParseGguf(reinterpret_cast<const std::byte*>(exact.data()), exact.size(), "f");
        },
        words);
}

/// @return a file with one key and one F32 tensor of 2 x 3
std::string
MakeSmallFile()
{
    auto bytes = Begin(1, 1).PutText("general.name").Put<uint32_t>(8).PutText("small");
    bytes.PutText("t").Put<uint32_t>(2).Put<uint64_t>(3).Put<uint64_t>(2);
    bytes.Put<uint32_t>(0).Put<uint64_t>(0).Pad();
    for (int i = 0; i < 6; ++i)
    {
        bytes.Put<float>(static_cast<float>(i));
    }
    return bytes.text;
}

/// @param path a file @return its bytes
std::string
ReadBytes(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Gguf, ReadsTheFormatAsDescribed)
{
    const auto bytes = MakeSmallFile();
    const auto content = Parse(bytes);
    ASSERT_EQ(content.metadata.size(), 1U);
    EXPECT_EQ(content.metadata[0].first, "general.name");
    EXPECT_EQ(std::get<std::string>(content.metadata[0].second), "small");
    ASSERT_EQ(content.tensors.size(), 1U);
    const auto& tensor = content.tensors[0];
    EXPECT_EQ(tensor.shape, (std::vector<int64_t>{2, 3})) << "the file has the innermost first";
    EXPECT_EQ(tensor.sizeBytes, 24U);
    float last = 0;
    std::memcpy(&last, tensor.data + 20, 4);
    EXPECT_EQ(last, 5);
}

// Data of another alignment than 32, which the file says.
TEST(Gguf, TensorsBeginWhereTheAlignmentSays)
{
    for (const uint32_t alignment : {8U, 32U, 128U})
    {
        auto bytes = Begin(2, 1).PutText("general.alignment").Put<uint32_t>(4).Put(alignment);
        const std::size_t second = (4 + alignment - 1) / alignment * alignment;
        for (const std::size_t offset : {std::size_t{0}, second})
        {
            bytes.PutText(offset == 0 ? "a" : "b").Put<uint32_t>(1).Put<uint64_t>(1);
            bytes.Put<uint32_t>(0).Put<uint64_t>(offset);
        }
        bytes.Pad(alignment).Put<float>(3).Pad(alignment).Put<float>(7);
        const auto content = Parse(bytes.text);
        ASSERT_EQ(content.tensors.size(), 2U);
        for (const auto& tensor : content.tensors)
        {
            float value = 0;
            std::memcpy(&value, tensor.data, 4);
            EXPECT_EQ(value, tensor.name == "a" ? 3 : 7) << alignment;
        }
    }
}

TEST(Gguf, WriterWritesTheFormatAsDescribed)
{
    const TemporaryFolder folder;
    GgufWriter writer(folder / "a.gguf");
    writer.AddMetadata("general.name", std::string("small"));
    writer.Declare("t", GgufType::F32, {2, 3});
    const float values[]{0, 1, 2, 3, 4, 5};
    writer.Write("t", values, 4);
    writer.Write("t", values + 1, 20);
    EXPECT_FALSE(std::filesystem::exists(folder / "a.gguf"));
    writer.Commit();
    EXPECT_EQ(ReadBytes(folder / "a.gguf"), MakeSmallFile() + std::string(8, '\0'));
}

TEST(Gguf, EveryTypeOfValueSurvives)
{
    const GgufMetadata metadata{{"u8", uint8_t{255}},
                                {"i8", int8_t{-128}},
                                {"u16", uint16_t{65535}},
                                {"i16", int16_t{-32768}},
                                {"u32", uint32_t{4294967295}},
                                {"i32", std::numeric_limits<int32_t>::min()},
                                {"f32", 0.1F},
                                {"bool", true},
                                {"text", std::string("\u4e2d\0x", 5)},
                                {"u64", std::numeric_limits<uint64_t>::max()},
                                {"i64", std::numeric_limits<int64_t>::min()},
                                {"f64", 0.1},
                                {"u8s", std::vector<uint8_t>{1, 2}},
                                {"i8s", std::vector<int8_t>{-1}},
                                {"u16s", std::vector<uint16_t>{}},
                                {"i16s", std::vector<int16_t>{3, -3}},
                                {"u32s", std::vector<uint32_t>{7, 8, 9}},
                                {"i32s", std::vector<int32_t>{1, -1, 0}},
                                {"f32s", std::vector<float>{1.5F, -0.F}},
                                {"bools", std::vector<bool>{true, false, true}},
                                {"texts", std::vector<std::string>{"", "a b", "\u0120"}},
                                {"u64s", std::vector<uint64_t>{1}},
                                {"i64s", std::vector<int64_t>{-1}},
                                {"f64s", std::vector<double>{1e300}}};
    const TemporaryFolder folder;
    GgufWriter writer(folder / "a.gguf");
    for (const auto& [key, value] : metadata)
    {
        writer.AddMetadata(key, value);
    }
    writer.Commit();
    const GgufFile file(folder / "a.gguf");
    EXPECT_EQ(file.GetMetadata(), metadata);
    EXPECT_EQ(std::get<int8_t>(*file.FindMetadata("i8")), -128);
    EXPECT_EQ(file.FindMetadata("i9"), nullptr);
}

TEST(Gguf, TensorsOfEveryTypeSurvive)
{
    const TemporaryFolder folder;
    std::vector<std::pair<GgufType, std::string>> tensors;
    GgufWriter writer(folder / "a.gguf");
    for (uint32_t number = 0; number < 64; ++number)
    {
        if (!IsGgufType(number))
        {
            continue;
        }
        const auto type = static_cast<GgufType>(number);
        const std::vector<int64_t> shape{3, 2 * GetBlockElements(type)};
        tensors.emplace_back(type, std::string(6 * GetBlockBytes(type), static_cast<char>(number)));
        writer.Declare(GetName(type), type, shape);
    }
    EXPECT_EQ(tensors.size(), 18U);
    for (const auto& [type, data] : tensors)
    {
        writer.Write(GetName(type), data.data(), data.size());
    }
    writer.Commit();
    const GgufFile file(folder / "a.gguf");
    EXPECT_EQ(file.GetTensors().size(), tensors.size());
    for (const auto& [type, data] : tensors)
    {
        ASSERT_TRUE(file.Has(GetName(type)));
        const auto& tensor = file.Get(GetName(type));
        EXPECT_EQ(tensor.type, type);
        EXPECT_EQ(std::string(reinterpret_cast<const char*>(tensor.data), tensor.sizeBytes), data);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data) % 32, 0U);
    }
}

TEST(Gguf, BytesOfBlocksAreGgmls)
{
    // Bits per weight as llama.cpp prints them.
    const auto bits = [](GgufType type) {
        return 8.0 * static_cast<double>(GetGgufTensorBytes(type, {2, 256}, "t")) / 512;
    };
    EXPECT_EQ(bits(GgufType::Q4_0), 4.5);
    EXPECT_EQ(bits(GgufType::Q4_1), 5.0);
    EXPECT_EQ(bits(GgufType::Q5_0), 5.5);
    EXPECT_EQ(bits(GgufType::Q5_1), 6.0);
    EXPECT_EQ(bits(GgufType::Q8_0), 8.5);
    EXPECT_EQ(bits(GgufType::Q2_K), 2.625);
    EXPECT_EQ(bits(GgufType::Q3_K), 3.4375);
    EXPECT_EQ(bits(GgufType::Q4_K), 4.5);
    EXPECT_EQ(bits(GgufType::Q5_K), 5.5);
    EXPECT_EQ(bits(GgufType::Q6_K), 6.5625);
    EXPECT_EQ(bits(GgufType::BF16), 16);
}

TEST(Gguf, RefusesTruncationAtEveryByte)
{
    const auto bytes = MakeSmallFile();
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        ExpectRefused(bytes.substr(0, size), {"f: "});
    }
    ExpectRefused(bytes.substr(0, bytes.size() - 1), {"tensor 't'", "truncated"});
}

TEST(Gguf, RefusesWithKeyAndTensor)
{
    ExpectRefused("GGML00000000000000000000", {"no GGUF"});
    ExpectRefused(Bytes{"GGUF"}.Put<uint32_t>(1).text, {"version 1"});
    ExpectRefused(Begin(1ULL << 60, 0).text, {"counts 1152921504606846976"});
    ExpectRefused(Begin(0, 1ULL << 60).text, {"counts 1152921504606846976"});
    const auto key = [](const std::string& name) { return Begin(0, 1).PutText(name); };
    ExpectRefused(key("k").Put<uint32_t>(13).Put<uint64_t>(0).text, {"key 'k'", "type 13"});
    ExpectRefused(key("k").Put<uint32_t>(9).Put<uint32_t>(9).Put<uint64_t>(0).text,
                  {"key 'k'", "type 9", "array"});
    ExpectRefused(key("k").Put<uint32_t>(8).Put<uint64_t>(1ULL << 63).text, {"key 'k'", "counts"});
    ExpectRefused(key("k").Put<uint32_t>(9).Put<uint32_t>(12).Put<uint64_t>(1ULL << 61).text,
                  {"key 'k'", "counts"});
    ExpectRefused(key("k").Put<uint32_t>(7).Put<uint8_t>(2).text, {"key 'k'", "truth value 2"});
    ExpectRefused(key("general.alignment").Put<uint32_t>(4).Put<uint32_t>(3).text,
                  {"general.alignment", "power of two"});
    auto twice = Begin(0, 2);
    for (int i = 0; i < 2; ++i)
    {
        twice.PutText("k").Put<uint32_t>(0).Put<uint8_t>(0);
    }
    ExpectRefused(twice.text, {"key 'k'", "twice"});

    const auto tensor = [](uint32_t dimensions, uint64_t extent, uint32_t type, uint64_t offset) {
        auto bytes = Begin(1, 0).PutText("t").Put<uint32_t>(dimensions);
        for (uint32_t i = 0; i < dimensions; ++i)
        {
            bytes.Put<uint64_t>(extent);
        }
        bytes.Put<uint32_t>(type).Put<uint64_t>(offset).Pad();
        bytes.text += std::string(64, 'x');
        return bytes.text;
    };
    EXPECT_EQ(Parse(tensor(1, 32, 3, 0)).tensors[0].sizeBytes, 20U);
    ExpectRefused(tensor(0, 1, 0, 0), {"tensor 't'", "0 dimensions"});
    ExpectRefused(tensor(5, 1, 0, 0), {"tensor 't'", "5 dimensions"});
    ExpectRefused(tensor(1, 0, 0, 0), {"tensor 't'", "extent 0"});
    ExpectRefused(tensor(1, ~0ULL, 0, 0), {"tensor 't'", "extent -1"});
    ExpectRefused(tensor(4, 1ULL << 32, 0, 0), {"tensor 't'", "memory"});
    ExpectRefused(tensor(1, 33, 3, 0), {"tensor 't'", "rows of 33", "32", "Q4_1"});
    ExpectRefused(tensor(1, 1, 99, 0), {"tensor 't'", "type 99"});
    ExpectRefused(tensor(1, 1, 0, 32), {"tensor 't'", "byte 32", "expected 0"});
    ExpectRefused(tensor(1, 17, 0, 0), {"tensor 't'", "truncated"});
}

TEST(Gguf, WriterRefusesMisuse)
{
    const TemporaryFolder folder;
    {
        GgufWriter writer(folder / "a.gguf");
        const auto refused = [](const auto& call, const std::vector<std::string>& words) {
            ExpectError<std::invalid_argument>(call, words);
        };
        writer.AddMetadata("k", 1);
        refused([&] { writer.AddMetadata("k", 1); }, {"a.gguf", "k", "twice"});
        refused([&] { writer.AddMetadata("", 1); }, {"no key"});
        refused([&] { writer.AddMetadata("a b", 1); }, {"a b", "no key"});
        refused([&] { writer.AddMetadata("general.alignment", uint32_t{64}); }, {"alignment"});
        refused([&] { writer.AddMetadata("f", std::numeric_limits<float>::infinity()); },
                {"f", "finite"});
        refused(
            [&] {
                writer.AddMetadata("t", std::vector<std::string>{"a", "\xff"});
            },
            {"t", "UTF-8"});
        writer.Declare("a", GgufType::F32, {2});
        writer.Declare("b", GgufType::Q8_0, {32});
        refused([&] { writer.Declare("a", GgufType::F32, {2}); }, {"'a'", "twice"});
        refused([&] { writer.Declare("c", GgufType::Q4_K, {32}); }, {"'c'", "256", "Q4_K"});
        refused([&] { writer.Declare(std::string(64, 'x'), GgufType::F32, {2}); }, {"64 bytes"});
        const std::string data(64, 'x');
        refused([&] { writer.Write("b", data.data(), 1); }, {"'b'", "turn", "'a'"});
        refused([&] { writer.Write("a", data.data(), 9); }, {"'a'", "9 bytes", "expected 8"});
        writer.Write("a", data.data(), 8);
        refused([&] { writer.Declare("c", GgufType::F32, {1}); }, {"'c'", "after"});
        refused([&] { writer.AddMetadata("x", 1); }, {"x", "after"});
        refused([&] { writer.Commit(); }, {"'b'", "not complete"});
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.GetPath())) << "half-written output was left";
    ExpectError<std::runtime_error>([] { GgufFile x("/nowhere.gguf"); }, {"/nowhere.gguf"});
    base::WriteTextFile(folder / "empty.gguf", "");
    ExpectError<std::runtime_error>([&] { GgufFile x(folder / "empty.gguf"); }, {"empty.gguf"});
}

} // namespace
