/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sinks: moving a stream to where it is wanted. A file appears under its name
 * when it is complete, see io/target.h; a pipe gets the same bytes.
 */
#ifndef FSI_IO_SINK_H
#define FSI_IO_SINK_H

#include <fsimage/result.h>

/* As fsi_result_write_file() and fsi_result_write_descriptor(). */
HRESULT fsi_sink_write_file(fsi_stream *stream, const char *path,
			    const struct fsi_write_options *options);
HRESULT fsi_sink_write_descriptor(fsi_stream *stream, int descriptor,
				  const struct fsi_write_options *options);

#endif
