/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/output-file.h"
#include "expect-error.h"
#include "format/safetensors-checkpoint.h"
#include "format/safetensors-writer.h"
#include "format/safetensors.h"
#include "temporary-folder.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;

/// @param header JSON @param data bytes behind it @return a file by the format's description
std::string
MakeFile(const std::string& header, const std::string& data)
{
    std::string file;
    for (int i = 0; i < 8; ++i)
    {
        file += static_cast<char>(header.size() >> (8 * i) & 0xff);
    }
    return file + header + data;
}

/// @param bytes a file @return what it holds
SafetensorsContent
Parse(const std::string& bytes)
{
    return ParseSafetensors(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "f");
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
            ParseSafetensors(reinterpret_cast<const std::byte*>(exact.data()), exact.size(), "f");
        },
        words);
}

/// @param path a file @return its bytes
std::string
ReadBytes(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// @param tensor F32 @return its numbers
std::vector<float>
GetFloats(const TensorView& tensor)
{
    std::vector<float> values(static_cast<std::size_t>(tensor.GetCount()));
    ToFloat(tensor.type, tensor.data, values.size(), values.data());
    return values;
}

TEST(Safetensors, ReadsTheFormatAsDescribed)
{
    // The header's order is not that of the data, and the numbers are little-endian.
    const auto bytes = MakeFile(R"({"__metadata__":{"format":"pt"},)"
                                R"("b":{"dtype":"I16","shape":[2],"data_offsets":[4,8]},)"
                                R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                                R"("none":{"dtype":"BOOL","shape":[3,0],"data_offsets":[4,4]}}   )",
                                std::string("\x00\x00\xc0\x3f\x01\x00\xff\xff", 8));
    const auto content = Parse(bytes);
    ASSERT_EQ(content.tensors.size(), 3U);
    EXPECT_EQ(content.metadata.at("format"), "pt");
    EXPECT_EQ(content.tensors[0].name, "a");
    EXPECT_EQ(GetFloats(content.tensors[0]), std::vector<float>{1.5F});
    EXPECT_EQ(content.tensors[1].name, "none");
    EXPECT_EQ(content.tensors[1].GetCount(), 0);
    EXPECT_EQ(content.tensors[2].name, "b");
    EXPECT_EQ(content.tensors[2].type, DataType::I16);
    EXPECT_EQ(content.tensors[2].shape, std::vector<int64_t>{2});
    int16_t last = 0;
    std::memcpy(&last, content.tensors[2].data + 2, 2);
    EXPECT_EQ(last, -1);
    EXPECT_EQ(content.tensors[2].data + 4,
              reinterpret_cast<const std::byte*>(bytes.data()) + bytes.size());
}

TEST(Safetensors, RefusesWhatIsNoFile)
{
    ExpectRefused("", {"0 bytes"});
    ExpectRefused("1234567", {"7 bytes"});
    ExpectRefused(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), {"header of 184467"});
    ExpectRefused(MakeFile("{}", "").substr(0, 9), {"truncated", "header of 2 bytes"});
    ExpectRefused(MakeFile("", ""), {"begin with '{'"});
    ExpectRefused(MakeFile(" {}", ""), {"begin with '{'"});
    ExpectRefused(MakeFile("{\"a\":1}", ""), {"tensor 'a'", "got 1", "an object"});
    ExpectRefused(MakeFile("{\"a\":}", ""), {"parse error"});
    ExpectRefused(MakeFile("{\"\xff\":1}", ""), {"UTF-8"});
    ExpectRefused(MakeFile(std::string("{}\0", 3), ""), {"zero byte"});
    ExpectRefused(MakeFile(R"({"__metadata__":{"a":1}})", ""), {"__metadata__", "a text"});
}

TEST(Safetensors, RefusesDepthBeforeTheStackEnds)
{
    ExpectRefused(MakeFile("{\"a\":" + std::string(1000000, '['), ""), {"nested too deep"});
    std::string objects;
    for (int i = 0; i < 100000; ++i)
    {
        objects += "{\"a\":";
    }
    ExpectRefused(MakeFile(objects, ""), {"nested too deep"});
}

TEST(Safetensors, RefusesTensorsThatDoNotFit)
{
    const auto header = [](const std::string& tensor) { return "{\"t\":{" + tensor + "}}"; };
    ExpectRefused(MakeFile(header(R"("dtype":1,"shape":[4],"data_offsets":[0,4])"), "1234"),
                  {"tensor 't'", "dtype", "a text"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","data_offsets":[0,4])"), "1234"),
                  {"tensor 't'", "shape", "missing"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","shape":[-4],"data_offsets":[0,4])"), "1234"),
                  {"tensor 't'", "shape", "-4"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","shape":[4.0],"data_offsets":[0,4])"), "1234"),
                  {"tensor 't'", "shape", "4.0"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","shape":[4],"data_offsets":[0])"), "1234"),
                  {"tensor 't'", "data_offsets"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","shape":[4],"data_offsets":[4,0])"), "1234"),
                  {"tensor 't'", "data_offsets"});
    ExpectRefused(MakeFile(header(R"("dtype":"F32","shape":[4],"data_offsets":[0,4])"), "1234"),
                  {"tensor 't'", "span 4 bytes", "16"});
    ExpectRefused(MakeFile(header(R"("dtype":"U8","shape":[5],"data_offsets":[0,5])"), "1234"),
                  {"tensor 't'", "ends at byte 5", "4 bytes of data", "truncated"});
    ExpectRefused(MakeFile(header(R"("dtype":"F64","shape":[4294967296,4294967296],)"
                                  R"("data_offsets":[0,0])"),
                           ""),
                  {"tensor 't'"});
}

TEST(Safetensors, RefusesHolesOverlapsAndRests)
{
    const auto two = [](const std::string& a, const std::string& b) {
        return MakeFile(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
                            R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}",
                        "1234");
    };
    EXPECT_EQ(Parse(two("[0,2]", "[2,4]")).tensors.size(), 2U);
    ExpectRefused(two("[0,2]", "[1,3]"), {"tensor 'b'", "overlaps"});
    ExpectRefused(two("[0,2]", "[0,2]"), {"tensor 'b'", "overlaps"});
    ExpectRefused(two("[1,3]", "[3,5]"), {"tensor 'b'", "ends at byte 5"});
    ExpectRefused(MakeFile(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "12"),
                  {"tensor 'a'", "hole"});
    ExpectRefused(MakeFile(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "12"),
                  {"2 bytes of data", "take 1"});
    ExpectRefused(MakeFile(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                           R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                           "1"),
                  {"'a'", "twice"});
}

TEST(Safetensors, WriterAndCheckpointAgree)
{
    std::mt19937 random(7);
    for (const uint64_t maxShardBytes : {uint64_t{1} << 40, uint64_t{5000}, uint64_t{1}})
    {
        const TemporaryFolder folder;
        SafetensorsWriter::Settings settings;
        settings.maxShardBytes = maxShardBytes;
        std::vector<std::string> names;
        std::vector<std::vector<float>> values;
        {
            SafetensorsWriter writer(folder.GetPath(), settings);
            for (int i = 0; i < 20; ++i)
            {
                names.push_back("layer." + std::to_string(i) + (i % 2 != 0 ? "\"\\\n" : ""));
                values.emplace_back(i * 37 % 500);
                for (auto& value : values.back())
                {
                    // Exact in every type.
                    value = static_cast<float>(static_cast<int>(random() % 255) - 127);
                }
                const auto type = i % 4 == 0   ? DataType::F64
                                  : i % 4 == 1 ? DataType::F32
                                  : i % 4 == 2 ? DataType::F16
                                               : DataType::BF16;
                writer.Declare(names.back(), type, {static_cast<int64_t>(values.back().size())});
            }
            for (std::size_t i = 0; i < names.size(); ++i)
            {
                const std::size_t half = values[i].size() / 2;
                writer.WriteFloats(names[i], values[i].data(), half);
                writer.WriteFloats(names[i], values[i].data() + half, values[i].size() - half);
            }
            EXPECT_FALSE(std::filesystem::exists(folder / "model.safetensors"));
            writer.Commit();
        }
        const SafetensorsCheckpoint checkpoint(folder.GetPath());
        EXPECT_EQ(checkpoint.GetNames().size(), names.size());
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < names.size(); ++i)
        {
            const auto& tensor = checkpoint.Get(names[i]);
            EXPECT_EQ(GetFloats(tensor), values[i]) << names[i];
            checkpoint.Release(names[i]);
            EXPECT_EQ(GetFloats(tensor), values[i]) << "after its pages were given back";
            bytes += tensor.sizeBytes;
        }
        EXPECT_EQ(std::filesystem::exists(folder / "model.safetensors.index.json"),
                  maxShardBytes < bytes);
    }
}

TEST(Safetensors, ShardsStayWithinTheirSize)
{
    const TemporaryFolder folder;
    SafetensorsWriter::Settings settings;
    settings.maxShardBytes = 100;
    SafetensorsWriter writer(folder.GetPath(), settings);
    const std::string data(300, 'x');
    const std::vector<std::size_t> sizes{60, 40, 1, 300, 99, 2};
    for (std::size_t i = 0; i < sizes.size(); ++i)
    {
        writer.Declare(std::to_string(i), DataType::U8, {static_cast<int64_t>(sizes[i])});
    }
    for (std::size_t i = 0; i < sizes.size(); ++i)
    {
        writer.Write(std::to_string(i), data.data(), sizes[i]);
    }
    writer.Commit();
    // 60 + 40 | 1 | 300, alone because it is too large | 99 | 2
    for (int i = 1; i <= 5; ++i)
    {
        EXPECT_TRUE(std::filesystem::exists(
            folder / ("model-0000" + std::to_string(i) + "-of-00005.safetensors")));
    }
    const SafetensorsFile third(folder / "model-00003-of-00005.safetensors");
    ASSERT_EQ(third.GetTensors().size(), 1U);
    EXPECT_EQ(third.GetTensors()[0].name, "3");
}

TEST(Safetensors, ALaterCheckpointReplacesAnEarlierOne)
{
    const TemporaryFolder folder;
    const auto write = [&folder](uint64_t maxShardBytes, char fill) {
        SafetensorsWriter::Settings settings;
        settings.maxShardBytes = maxShardBytes;
        SafetensorsWriter writer(folder.GetPath(), settings);
        const std::string data(6, fill);
        writer.Declare("a", DataType::U8, {6});
        writer.Declare("b", DataType::U8, {6});
        writer.Declare("c", DataType::U8, {6});
        for (const auto* name : {"a", "b", "c"})
        {
            writer.Write(name, data.data(), data.size());
        }
        writer.Commit();
        const SafetensorsCheckpoint checkpoint(folder.GetPath());
        for (const auto* name : {"a", "b", "c"})
        {
            EXPECT_EQ(std::to_integer<char>(checkpoint.Get(name).data[5]), fill);
        }
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.GetPath()))
        {
            files += entry.is_regular_file() ? 1 : 0;
        }
        return files;
    };
    EXPECT_EQ(write(6, '1'), 4U);
    EXPECT_EQ(write(12, '2'), 3U);
    EXPECT_EQ(write(100, '3'), 1U);
    base::WriteTextFile(folder / "model-00009-of-00011.safetensors.part",
                        "from a run that was killed");
    EXPECT_EQ(write(6, '4'), 4U);
    EXPECT_EQ(write(6, '5'), 4U);
}

TEST(Safetensors, WriterRefusesMisuse)
{
    const TemporaryFolder folder;
    const float value = 1;
    {
        SafetensorsWriter writer(folder.GetPath());
        writer.Declare("a", DataType::F32, {1});
        writer.Declare("b", DataType::F16, {1});
        const auto refused = [](const auto& call, const std::vector<std::string>& words) {
            ExpectError<std::invalid_argument>(call, words);
        };
        refused([&] { writer.Declare("a", DataType::F32, {1}); }, {"'a'", "twice"});
        refused([&] { writer.Declare("c", DataType::F32, {-1}); }, {"'c'", "-1"});
        refused([&] { writer.Declare("c", DataType::F32, {1L << 40, 1L << 40}); }, {"'c'"});
        refused([&] { writer.Write("b", &value, 2); }, {"'b'", "turn", "'a'"});
        refused([&] { writer.Write("x", &value, 2); }, {"'x'", "not declared"});
        refused([&] { writer.Write("a", &value, 5); }, {"'a'", "5 bytes", "expected 4"});
        writer.Write("a", &value, 4);
        refused([&] { writer.Declare("c", DataType::F32, {1}); }, {"'c'", "after the first"});
        refused([&] { writer.Write("a", &value, 1); }, {"'a'", "turn", "'b'"});
        refused([&] { writer.Commit(); }, {"'b'", "not complete"});
        const float large = 70000;
        const float nan = std::numeric_limits<float>::quiet_NaN();
        ExpectError<std::runtime_error>([&] { writer.WriteFloats("b", &large, 1); },
                                        {folder.GetPath(), "'b'", "70000", "F16"});
        ExpectError<std::runtime_error>([&] { writer.WriteFloats("b", &nan, 1); }, {"'b'", "nan"});
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.GetPath())) << "half-written output was left";
    base::WriteTextFile(folder / "file", "");
    SafetensorsWriter writer(folder / "file");
    writer.Declare("a", DataType::F32, {1});
    ExpectError<std::runtime_error>([&] { writer.Write("a", &value, 4); },
                                    {"file", "cannot be written"});
}

TEST(Safetensors, CheckpointNamesFileAndTensor)
{
    const TemporaryFolder folder;
    const auto refused = [&folder](const std::vector<std::string>& words) {
        ExpectError<std::runtime_error>([&] { SafetensorsCheckpoint(folder.GetPath()).Get("t"); },
                                        words);
    };
    refused({folder.GetPath(), "no checkpoint"});
    const auto index = folder / "model.safetensors.index.json";
    const auto setIndex = [&](const std::string& text) { base::WriteTextFile(index, text); };
    setIndex(R"({"weight_map":{"t":"../shard"}})");
    refused({index, "/weight_map/t", "same folder"});
    setIndex(R"({"weight_map":{"t":3}})");
    refused({index, "/weight_map/t", "got 3"});
    setIndex(R"({"metadata":{}})");
    refused({index, "weight_map", "missing"});
    setIndex(R"({"weight_map":{"t":"s.safetensors"}})");
    const auto shard = folder / "s.safetensors";
    refused({shard, "no such file"});
    base::WriteTextFile(shard, "");
    refused({shard, "0 bytes"});
    const auto good =
        MakeFile(R"({"u":{"dtype":"I32","shape":[2,1],"data_offsets":[0,8]}})", "12345678");
    base::WriteTextFile(shard, good);
    refused({shard, "tensor 't'", "missing"});
    base::WriteTextFile(shard, good.substr(0, good.size() - 1));
    refused({shard, "tensor 'u'", "truncated"});

    base::WriteTextFile(shard, good);
    setIndex(R"({"weight_map":{"u":"s.safetensors"}})");
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    EXPECT_EQ(checkpoint.Get("u").sizeBytes, 8U);
    EXPECT_EQ(checkpoint.GetFile("u"), shard);
    ExpectError<std::runtime_error>([&] { checkpoint.Get("v"); },
                                    {folder.GetPath(), "tensor 'v'", "missing"});
    ExpectError<std::runtime_error>(
        [&] {
            checkpoint.GetFloating("u", {2, 1});
        },
        {shard, "tensor 'u'", "I32", "BF16"});

    base::WriteTextFile(
        shard,
        MakeFile(R"({"u":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "12345678"));
    const SafetensorsCheckpoint floating(folder.GetPath());
    EXPECT_EQ(floating.GetFloating("u", {2}).GetCount(), 2);
    ExpectError<std::runtime_error>(
        [&] {
            floating.GetFloating("u", {1, 2});
        },
        {shard, "tensor 'u'", "[2]", "[1, 2]"});
}

// What a model does not need may be of any type, of any shape that has no elements, and lie in a
// shard that is not there.
TEST(Safetensors, TensorsThatNobodyWantsDoNotHinder)
{
    const TemporaryFolder folder;
    for (const auto* type : {"F8_E4M3", "F4", "C64", "a type of next year"})
    {
        base::WriteTextFile(folder / "model.safetensors",
                            MakeFile(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[3,7]},)"
                                     R"("none":{"dtype":"F64","shape":[4611686018427387904,8,0],)"
                                     R"("data_offsets":[7,7]},"odd":{"dtype":")" +
                                         std::string(type) +
                                         R"(","shape":[3],"data_offsets":[0,3]}})",
                                     std::string("abc\x00\x00\xc0\x3f", 7)));
        const SafetensorsCheckpoint checkpoint(folder.GetPath());
        EXPECT_EQ(GetFloats(checkpoint.GetFloating("t", {1})), std::vector<float>{1.5F});
        EXPECT_EQ(checkpoint.Get("none").GetCount(), 0);
        EXPECT_EQ(checkpoint.GetNames().size(), 3U);
        ExpectError<std::runtime_error>(
            [&] { checkpoint.GetFloating("odd", {3}); },
            {"model.safetensors: tensor 'odd'/dtype", "got '" + std::string(type), "BF16"});
    }
    ExpectRefused(MakeFile(R"({"odd":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}})", "12"),
                  {"2 bytes of data", "take 1"});
    ExpectRefused(MakeFile(R"({"odd":{"dtype":"F4","shape":[2],"data_offsets":[0,3]}})", "12"),
                  {"tensor 'odd'", "truncated"});
}

TEST(Safetensors, AnIndexMayNameTensorsThatNobodyWants)
{
    const TemporaryFolder folder;
    base::WriteTextFile(folder / "good.safetensors",
                        MakeFile(R"({"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "12"));
    base::WriteTextFile(folder / "cut.safetensors", "123");
    const auto index = folder / "model.safetensors.index.json";
    base::WriteTextFile(
        index,
        R"({"metadata":{"total_size":Infinity},"weight_map":{"t":"good.safetensors",)"
        R"("lacking":"good.safetensors","x":"nowhere.safetensors",)"
        R"("y":"cut.safetensors"}})");
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    EXPECT_EQ(checkpoint.Get("t").sizeBytes, 2U);
    const auto refused = [&](const char* name, const std::vector<std::string>& words) {
        ExpectError<std::runtime_error>([&] { checkpoint.Get(name); }, words);
    };
    refused("lacking", {"good.safetensors: tensor 'lacking'", "missing", index});
    refused("x", {"nowhere.safetensors: no such file"});
    refused("y", {"cut.safetensors: no safetensors file: 3 bytes"});
}

TEST(Safetensors, SameTensorsSameBytes)
{
    const TemporaryFolder folder;
    std::vector<std::string> bytes;
    for (const auto* name : {"one", "two"})
    {
        SafetensorsWriter writer(folder / name);
        const float values[]{1, 2};
        writer.Declare("z", DataType::BF16, {2});
        writer.Declare("a", DataType::BF16, {1, 2});
        writer.WriteFloats("z", values, 2);
        writer.WriteFloats("a", values, 2);
        writer.Commit();
        bytes.push_back(ReadBytes(folder / (std::string(name) + "/model.safetensors")));
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    EXPECT_EQ((bytes[0].size() - 8) % 8, 0U) << "header padded, 8 bytes of data";
}

} // namespace
