/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "folder-lock.h"

#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace base
{

FolderLock::FolderLock(const std::string& folder)
    : m_path((std::filesystem::path(folder) / FILE_NAME).string())
{
    try
    {
        std::filesystem::create_directories(folder);
        m_lock = std::make_unique<FileLock>(m_path);
    }
    catch (const std::system_error& error)
    {
        throw std::runtime_error(folder + ": cannot be written (" + error.code().message() + ")");
    }
    catch (const std::runtime_error&)
    {
        throw std::runtime_error(folder + ": another run writes there, expected another folder, or "
                                          "to wait until it has ended");
    }
}

FolderLock::~FolderLock()
{
    // While it is still locked: another run that has opened it sees that it is gone.
    std::error_code ignored;
    std::filesystem::remove(m_path, ignored);
}

} // namespace base
