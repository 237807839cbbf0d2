/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "archive.h"

#include "base/output-file.h"

#include <array>
#include <boost/crc.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace agents
{

namespace
{

const std::string MAGIC = "llm-mec agent 1\n"; //!< first bytes of the file

/// Append a number, little endian. @param bytes where to @param value the number
/// @param size its bytes
void
AppendNumber(std::string& bytes, uint64_t value, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i)
    {
        bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    }
}

/// @param bytes where from, at least @p at + @p size bytes @param at place @param size its bytes
/// @return the number
uint64_t
ReadNumber(const std::string& bytes, std::size_t at, std::size_t size)
{
    uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
    {
        value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

/// @param bytes some bytes @param size how many of them @return their CRC-32
uint32_t
GetChecksum(const std::string& bytes, std::size_t size)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), size);
    return crc.checksum();
}

} // namespace

void
Archive::Put(const std::string& section, std::string bytes)
{
    m_sections[section] = std::move(bytes);
}

bool
Archive::Has(const std::string& section) const
{
    return m_sections.count(section) > 0;
}

const std::string&
Archive::Get(const std::string& section) const
{
    const auto found = m_sections.find(section);
    if (found == m_sections.end())
    {
        throw std::runtime_error(m_path + ": no section '" + section +
                                 "', expected a checkpoint that holds one");
    }
    return found->second;
}

const std::string&
Archive::GetPath() const
{
    return m_path;
}

void
Archive::Write(const std::string& path) const
{
    std::string bytes = MAGIC;
    for (const auto& [name, content] : m_sections)
    {
        AppendNumber(bytes, name.size(), 8);
        AppendNumber(bytes, content.size(), 8);
        bytes += name;
        bytes += content;
    }
    AppendNumber(bytes, GetChecksum(bytes, bytes.size()), 4);

    // A wrong path is refused; no folder is made for it.
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code ignored; // a folder that cannot be looked at is none
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    {
        throw std::runtime_error(path + ": cannot be written (no folder " + folder.string() + ")");
    }
    base::WriteTextFile(path, bytes);
}

Archive
Archive::Read(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    std::array<char, 1 << 16> block;
    do
    {
        file.read(block.data(), block.size());
        bytes.append(block.data(), static_cast<std::size_t>(file.gcount()));
    } while (file);
    if (!file.eof()) // never opened, or a folder
    {
        throw std::runtime_error(path + ": cannot read, expected a checkpoint");
    }
    return Parse(bytes, path);
}

Archive
Archive::Parse(const std::string& bytes, const std::string& path)
{
    if (bytes.compare(0, MAGIC.size(), MAGIC) != 0)
    {
        throw std::runtime_error(path + ": not a checkpoint, expected '" +
                                 MAGIC.substr(0, MAGIC.size() - 1) + "' at its start");
    }
    if (bytes.size() < MAGIC.size() + 4 ||
        ReadNumber(bytes, bytes.size() - 4, 4) != GetChecksum(bytes, bytes.size() - 4))
    {
        throw std::runtime_error(path + ": checksum is wrong, the checkpoint is damaged");
    }
    Archive archive;
    archive.m_path = path;
    const std::size_t end = bytes.size() - 4;
    for (std::size_t at = MAGIC.size(); at < end;)
    {
        const uint64_t nameSize = end - at < 16 ? end : ReadNumber(bytes, at, 8);
        const uint64_t size = end - at < 16 ? end : ReadNumber(bytes, at + 8, 8);
        if (nameSize > end - at || size > end - at || 16 + nameSize + size > end - at)
        {
            throw std::runtime_error(path + ": byte " + std::to_string(at) +
                                     ": a section is longer than the file");
        }
        const std::string name = bytes.substr(at + 16, nameSize);
        archive.m_sections[name] = bytes.substr(at + 16 + nameSize, size);
        at += 16 + nameSize + size;
    }
    return archive;
}

} // namespace agents
