/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "output-file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace base
{

namespace
{

/// @param path a path @param reason why it cannot be written
[[noreturn]] void
Refuse(const std::string& path, const std::string& reason)
{
    throw std::runtime_error(path + ": cannot be written (" + reason + ")");
}

/// @param path of a file whose folder is to be made, and which is to be no folder itself
void
MakePlace(const std::string& path)
{
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty())
    {
        std::filesystem::create_directories(folder, error);
    }
    if (error)
    {
        Refuse(folder.string(), error.message());
    }
    if (std::filesystem::is_directory(path, error))
    {
        Refuse(path, "is a folder");
    }
}

} // namespace

OutputFile::OutputFile(const std::string& path)
    : m_path(path),
      m_partPath(path + ".part")
{
    std::error_code none; // where there is nothing, all is well
    const auto there = std::filesystem::status(path, none).type();
    using std::filesystem::file_type;
    for (const auto type :
         {file_type::character, file_type::block, file_type::fifo, file_type::socket})
    {
        if (there == type)
        {
            // Committing would put a file in its place.
            Refuse(path, "is no regular file");
        }
    }
    MakePlace(path);
    try
    {
        m_lock = std::make_unique<FileLock>(m_partPath);
    }
    catch (const std::system_error& failure)
    {
        Refuse(path, failure.code().message());
    }
    catch (const std::runtime_error&)
    {
        Refuse(path, "another run is writing it");
    }
    m_stream.open(m_partPath, std::ios::binary);
    if (!m_stream)
    {
        Refuse(path, std::strerror(errno));
    }
}

OutputFile::~OutputFile()
{
    m_stream.close();
    if (!m_isCommitted) // after Commit, a part file of that name is another's
    {
        std::error_code ignored;
        std::filesystem::remove(m_partPath, ignored);
    }
}

std::ostream&
OutputFile::GetStream()
{
    return m_stream;
}

void
OutputFile::Write(const void* data, std::size_t sizeBytes)
{
    m_stream.write(static_cast<const char*>(data), static_cast<std::streamsize>(sizeBytes));
    RequireWritable();
    m_writtenBytes += sizeBytes;
}

uint64_t
OutputFile::GetWrittenBytes() const
{
    return m_writtenBytes;
}

void
OutputFile::RequireWritable() const
{
    if (!m_stream)
    {
        Refuse(m_path, "writing failed, such as on a full disk");
    }
}

void
OutputFile::Close()
{
    if (m_stream.is_open())
    {
        m_stream.close();
    }
    RequireWritable();
}

void
OutputFile::Commit()
{
    Close();
    std::error_code error;
    std::filesystem::rename(m_partPath, m_path, error);
    if (error)
    {
        Refuse(m_path, error.message());
    }
    m_isCommitted = true;
}

void
WriteTextFile(const std::string& path, const std::string& text)
{
    OutputFile file(path);
    file.Write(text.data(), text.size());
    file.Commit();
}

} // namespace base
