/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-output-file.h"

#include "base/file-lock.h"

#include "ns3/log.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecOutputFile");

namespace
{

/// @param path a path @param reason why it cannot be written
[[noreturn]] void
Refuse(const std::string& path, const std::string& reason)
{
    throw std::runtime_error(path + ": cannot be written (" + reason + ")");
}

} // namespace

LlmMecOutputFile::LlmMecOutputFile(const std::string& path)
    : m_path(path),
      m_partPath(path + ".part")
{
    NS_LOG_FUNCTION(this << path);
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
    try
    {
        m_lock = std::make_unique<base::FileLock>(m_partPath);
    }
    catch (const std::system_error& failure)
    {
        Refuse(path, failure.code().message());
    }
    catch (const std::runtime_error&)
    {
        Refuse(path, "another run is writing it");
    }
    m_stream.open(m_partPath);
    if (!m_stream)
    {
        Refuse(path, std::strerror(errno));
    }
}

LlmMecOutputFile::~LlmMecOutputFile()
{
    m_stream.close();
    if (!m_isCommitted) // after Commit, a part file of that name is another's
    {
        std::error_code ignored;
        std::filesystem::remove(m_partPath, ignored);
    }
}

std::ostream&
LlmMecOutputFile::GetStream()
{
    return m_stream;
}

void
LlmMecOutputFile::RequireWritable() const
{
    if (!m_stream)
    {
        Refuse(m_path, "writing failed, such as on a full disk");
    }
}

void
LlmMecOutputFile::Commit()
{
    NS_LOG_FUNCTION(this << m_path);
    m_stream.close();
    RequireWritable();
    std::error_code error;
    std::filesystem::rename(m_partPath, m_path, error);
    if (error)
    {
        Refuse(m_path, error.message());
    }
    m_isCommitted = true;
}

} // namespace llmmec
} // namespace ns3
