/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-output-file.h"

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
    m_stream.open(m_partPath);
    if (!m_stream)
    {
        Refuse(path, std::strerror(errno));
    }
}

LlmMecOutputFile::~LlmMecOutputFile()
{
    m_stream.close();
    std::error_code ignored; // after Commit there is nothing to remove
    std::filesystem::remove(m_partPath, ignored);
}

std::ostream&
LlmMecOutputFile::GetStream()
{
    return m_stream;
}

void
LlmMecOutputFile::Commit()
{
    NS_LOG_FUNCTION(this << m_path);
    m_stream.close();
    if (!m_stream)
    {
        Refuse(m_path, "writing failed");
    }
    std::error_code error;
    std::filesystem::rename(m_partPath, m_path, error);
    if (error)
    {
        Refuse(m_path, error.message());
    }
}

} // namespace llmmec
} // namespace ns3
