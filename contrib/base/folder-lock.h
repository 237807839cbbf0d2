/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_FOLDER_LOCK_H
#define BASE_FOLDER_LOCK_H

#include "file-lock.h"

#include <memory>
#include <string>

namespace base
{

/**
 * @brief An output folder that one run has at a time, as long as this lives.
 *
 * Part files have fixed names and results replace each other, so two runs in one folder would mix
 * theirs. The lock is on a hidden file in the folder, which goes with it.
 */
class FolderLock
{
  public:
    /// Name of the file, the same for all programs
    static constexpr const char* FILE_NAME = ".llm-mec.lock";

    /**
     * Lock the folder, which is made if need be.
     * @param folder the folder
     * @throws std::runtime_error in one line naming the folder, where it cannot be written or
     * another run has it
     */
    explicit FolderLock(const std::string& folder);
    ~FolderLock();

    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

  private:
    std::string m_path;               //!< of the lock's file
    std::unique_ptr<FileLock> m_lock; //!< on that file
};

} // namespace base

#endif // BASE_FOLDER_LOCK_H
