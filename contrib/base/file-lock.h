/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_FILE_LOCK_H
#define BASE_FILE_LOCK_H

#include <string>

/// What all parts of the project stand on: knows neither ns-3 nor LibTorch.
namespace base
{

/**
 * @brief A file that one holder has at a time, among all processes and within one.
 *
 * It is flock's lock: the kernel releases it when the process dies, however that happens. A file
 * that is renamed or removed while it is locked is no longer the one of that name: a process that
 * locks the name then gets another file. On a file system without locks, everyone gets the file.
 */
class FileLock
{
  public:
    /**
     * Open the file, which is made if need be and keeps what it holds, and lock it.
     * @param path of the file
     * @throws std::system_error where it cannot be opened
     * @throws std::runtime_error where another has it; what names the path
     */
    explicit FileLock(const std::string& path);
    ~FileLock();

    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    int m_descriptor{-1}; //!< of the open file
};

} // namespace base

#endif // BASE_FILE_LOCK_H
