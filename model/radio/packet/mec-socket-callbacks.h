/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SOCKET_CALLBACKS_H
#define MEC_SOCKET_CALLBACKS_H

#include "ns3/socket.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Have a socket call no one: what it called may end before it does.
 * @param socket the socket, open or closed
 */
void ClearSocketCallbacks(Ptr<Socket> socket);

} // namespace llmmec
} // namespace ns3

#endif // MEC_SOCKET_CALLBACKS_H
