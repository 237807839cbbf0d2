/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "file-lock.h"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace base
{

namespace
{

constexpr mode_t READ_WRITE_ALL = 0666; //!< less what the user's umask takes away

/// @param descriptor of an open file @param path a path @return whether the path leads to that file
bool
IsAt(int descriptor, const std::string& path)
{
    struct stat opened = {};
    struct stat named = {};
    return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

} // namespace

FileLock::FileLock(const std::string& path)
{
    do
    {
        if (m_descriptor >= 0)
        {
            close(m_descriptor);
        }
        // Closed in programs that are started meanwhile: the lock is not theirs.
        m_descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, READ_WRITE_ALL);
        if (m_descriptor < 0)
        {
            throw std::system_error(errno, std::generic_category(), path);
        }
        if (flock(m_descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        {
            close(m_descriptor);
            throw std::runtime_error(path + ": another process has it");
        }
        // The holder before may have renamed or removed the file between the two calls.
    } while (!IsAt(m_descriptor, path));
}

FileLock::~FileLock()
{
    close(m_descriptor);
}

} // namespace base
