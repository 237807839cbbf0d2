/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/archive.h"
#include "expect-refusal.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

using namespace agents;

namespace
{

/// CRC-32 of ISO 3309, bit by bit. @param bytes some bytes @return their checksum
uint32_t
GetCrc(const std::string& bytes)
{
    uint32_t crc = 0xffffffff;
    for (const char byte : bytes)
    {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
        {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
        }
    }
    return ~crc;
}

/// @param value a number @param size bytes @return it, little endian
std::string
Number(uint64_t value, int size)
{
    std::string bytes;
    for (int i = 0; i < size; ++i)
    {
        bytes += static_cast<char>(value >> (8 * i) & 0xff);
    }
    return bytes;
}

/// @param body all before the checksum @return a file
std::string
Seal(const std::string& body)
{
    return body + Number(GetCrc(body), 4);
}

const std::string MAGIC = "llm-mec agent 1\n"; //!< first bytes

/// @return a file of two sections, by the layout in archive.h
std::string
MakeFile()
{
    return Seal(MAGIC + Number(5, 8) + Number(0, 8) + "empty" + Number(6, 8) + Number(4, 8) +
                "policy" + std::string("\0\xff\n!", 4));
}

/// @param path file name @return its bytes
std::string
ReadBytes(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A file name that no other test has.
std::string
GetPath()
{
    return testing::TempDir() + "archive-test.agent";
}

} // namespace

TEST(Archive, ChecksumOfThisTestIsThePublishedOne)
{
    EXPECT_EQ(GetCrc("123456789"), 0xcbf43926U);
}

TEST(Archive, FileIsLaidOutAsDocumented)
{
    Archive archive;
    archive.Put("policy", std::string("\0\xff\n!", 4));
    archive.Put("empty", "something");
    archive.Put("empty", "");
    archive.Write(GetPath());
    EXPECT_EQ(ReadBytes(GetPath()), MakeFile());
    EXPECT_FALSE(std::ifstream(GetPath() + ".part").good());

    const Archive read = Archive::Read(GetPath());
    EXPECT_EQ(read.Get("policy"), std::string("\0\xff\n!", 4));
    EXPECT_EQ(read.Get("empty"), "");
    EXPECT_TRUE(read.Has("empty"));
    EXPECT_FALSE(read.Has("polic"));
    EXPECT_EQ(read.GetPath(), GetPath());
    std::remove(GetPath().c_str());
}

TEST(Archive, EveryTruncationIsRefused)
{
    const std::string file = MakeFile();
    for (std::size_t size = 0; size < file.size(); ++size)
    {
        ExpectRefusal<std::runtime_error>([&] { Archive::Parse(file.substr(0, size), "x"); },
                                          "x: ");
    }
    EXPECT_NO_THROW(Archive::Parse(file, "x"));
}

TEST(Archive, EveryFlippedBitAndEveryLongerFileIsRefused)
{
    const std::string file = MakeFile();
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit)
    {
        std::string flipped = file;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        ExpectRefusal<std::runtime_error>([&] { Archive::Parse(flipped, "x"); }, "x: ");
    }
    ExpectRefusal<std::runtime_error>([&] { Archive::Parse(file + '\0', "x"); }, "x: ");
}

TEST(Archive, ForgedLengthsAreRefused)
{
    // With a checksum that fits, so that only the lengths are wrong.
    const uint64_t all = ~uint64_t{0};
    for (const uint64_t name : {uint64_t{0}, uint64_t{2}, uint64_t{7}, all / 2, all - 15, all})
    {
        for (const uint64_t size : {uint64_t{4}, uint64_t{16}, all / 2 + 1, all - 16, all})
        {
            const std::string file = Seal(MAGIC + Number(name, 8) + Number(size, 8) + "ab" + "c");
            ExpectRefusal<std::runtime_error>([&] { Archive::Parse(file, "x"); },
                                              "x: byte 16: a section is longer than the file");
        }
    }
    for (int rest = 1; rest < 16; ++rest)
    {
        ExpectRefusal<std::runtime_error>(
            [&] { Archive::Parse(Seal(MAGIC + std::string(rest, '\0')), "x"); },
            "a section is longer");
    }
}

TEST(Archive, RandomSectionsSurvive)
{
    std::mt19937 random(1);
    for (int trial = 0; trial < 50; ++trial)
    {
        Archive archive;
        std::map<std::string, std::string> truth;
        for (unsigned i = random() % 6; i > 0; --i)
        {
            std::string name(random() % 5, 'n');
            std::string bytes(random() % 100, '\0');
            for (char& byte : bytes)
            {
                byte = static_cast<char>(random());
            }
            archive.Put(name, bytes);
            truth[name] = bytes;
        }
        archive.Write(GetPath());
        const Archive read = Archive::Read(GetPath());
        for (const auto& [name, bytes] : truth)
        {
            EXPECT_EQ(read.Get(name), bytes);
        }
        read.Write(GetPath() + "2");
        EXPECT_EQ(ReadBytes(GetPath()), ReadBytes(GetPath() + "2"));
    }
    std::remove(GetPath().c_str());
    std::remove((GetPath() + "2").c_str());
}

TEST(Archive, ErrorsNameTheFile)
{
    ExpectRefusal<std::runtime_error>([] { Archive::Read("/nowhere/x.agent"); },
                                      "/nowhere/x.agent: cannot read");
    ExpectRefusal<std::runtime_error>([] { Archive().Write("/nowhere/x.agent"); },
                                      "/nowhere/x.agent: cannot be written");
    ExpectRefusal<std::runtime_error>([] { Archive::Parse("{\"a\": 1}", "x.json"); },
                                      "x.json: not a checkpoint");
    const Archive archive = Archive::Parse(MakeFile(), "x.agent");
    ExpectRefusal<std::runtime_error>([&] { archive.Get("agent"); }, "x.agent: no section 'agent'");
    ExpectRefusal<std::runtime_error>([] { Archive::Read(testing::TempDir()); },
                                      testing::TempDir() + ": cannot read");
}

TEST(Archive, AFileThatCannotBeReplacedStays)
{
    // A folder of that name: the rename fails, and what was written beside is gone again.
    const std::string folder = testing::TempDir();
    std::string path = folder.substr(0, folder.size() - 1);
    ExpectRefusal<std::runtime_error>([&] { Archive().Write(path); }, path + ": cannot be written");
    EXPECT_FALSE(std::ifstream(path + ".part").good());
}
